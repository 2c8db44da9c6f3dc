using System.Net;

namespace Atrium.Functions.Egress;

/// <summary>What can be said of a URL's host without resolving it.</summary>
internal static class HostRule
{
    const string Localhost = "localhost";

    /// <summary>
    /// The host as it is judged: as it will be resolved, and without the trailing dot, which hides an address from its
    /// parser.
    /// </summary>
    /// <exception cref="UriFormatException">IDNA forbids the host.</exception>
    public static string Judged(Uri uri)
    {
        var host = uri.IdnHost;
        return host.EndsWith('.') ? host[..^1] : host;
    }

    /// <summary>Whether the host names this machine.</summary>
    public static bool IsLoopback(string host) => IPAddress.TryParse(host, out var address)
        ? IPAddress.IsLoopback(AddressRule.Plain(address))
        : host.Equals(Localhost, StringComparison.OrdinalIgnoreCase)
            || host.EndsWith("." + Localhost, StringComparison.OrdinalIgnoreCase);

    /// <summary>The rule that denies the host, or null when it is allowed as far as its text tells.</summary>
    public static string? DeniedBy(string host, bool allowLoopback) => IPAddress.TryParse(host, out var address)
        ? AddressRule.DeniedBy(address, allowLoopback)
        : IsLoopback(host) && !allowLoopback ? "localhost (loopback)" : null;
}
