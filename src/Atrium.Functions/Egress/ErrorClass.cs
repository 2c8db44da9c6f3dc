using Atrium.Functions.Http;

namespace Atrium.Functions.Egress;

/// <summary>
/// How an attempt failed, as far as the connection shows. In JSON, tables, metrics and logs, the names are in snake
/// case, such as <c>endpoint_down</c>. They are a contract: never change one.
/// </summary>
internal enum ErrorClass
{
    /// <summary>The host's name could not be resolved.</summary>
    Dns,

    /// <summary>The host could not be reached: no route to its network.</summary>
    Connect,

    /// <summary>No TLS session: an untrusted, expired or wrong certificate, or no TLS at all.</summary>
    Tls,

    /// <summary>Connecting, or the whole exchange, took too long.</summary>
    Timeout,

    /// <summary>The connection was closed or broken before an answer came.</summary>
    Reset,

    /// <summary>Nothing listens on the port.</summary>
    Refused,

    /// <summary>
    /// The URL, or an address that its host resolves to, is one that Atrium does not connect to; nothing was sent.
    /// </summary>
    Blocked,

    /// <summary>
    /// An answer came, but not a 2xx; or it is not HTTP/1.1. With a 2xx: the delivery succeeded, but a line among the
    /// answer's headers is not a header, or the headers are too long or do not end.
    /// </summary>
    Http,

    /// <summary>The answer was a 2xx, so the delivery succeeded, but its body hung or broke off.</summary>
    Body,

    /// <summary>No request was made: there was no slot, and all recent requests failed in the same way.</summary>
    EndpointDown,

    /// <summary>No request was made: there was no slot, and the endpoint is too slow for what is due.</summary>
    EndpointOverloaded,
}

/// <summary>The names of <see cref="ErrorClass"/>.</summary>
internal static class ErrorClassNames
{
    /// <summary>All names.</summary>
    public static readonly IReadOnlyList<string> All = [.. Enum.GetValues<ErrorClass>().Select(EnumNames.Name)];
}
