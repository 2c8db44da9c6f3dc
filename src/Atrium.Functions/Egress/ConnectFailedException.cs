using System.Net;

namespace Atrium.Functions.Egress;

/// <summary>
/// Why no connection was opened; its message is the sentence for the customer, with no address in it. It passes through HttpClient, which wraps it,
/// and ends in <see cref="EgressClient"/>.
/// </summary>
internal sealed class ConnectFailedException(ErrorClass error, string explanation, Exception? inner = null) : Exception(explanation, inner)
{
    public ErrorClass Error => error;

    /// <summary>The rule that denied the address; for operators.</summary>
    public string? BlockedRule { get; init; }

    /// <summary>The address that was denied or tried last; for operators.</summary>
    public IPAddress? Address { get; init; }
}
