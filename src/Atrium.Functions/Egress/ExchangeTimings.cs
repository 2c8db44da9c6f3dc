namespace Atrium.Functions.Egress;

/// <summary>Where the time of an exchange went.</summary>
/// <param name="Dns">Resolving the name. This, connecting and TLS are null when an open connection was used again, or when it did not come to that.</param>
/// <param name="Connect">Connecting, all addresses tried included.</param>
/// <param name="Tls">The TLS handshake; null for http.</param>
/// <param name="FirstByte">From the start until the answer's headers were complete.</param>
/// <param name="Total">From the start to the end.</param>
internal readonly record struct ExchangeTimings(TimeSpan? Dns, TimeSpan? Connect, TimeSpan? Tls, TimeSpan? FirstByte, TimeSpan Total)
{
    public static ExchangeTimings Of(ConnectionProgress progress, TimeSpan? firstByte, TimeSpan total) =>
        new(progress.Dns, progress.Connect, progress.Tls, firstByte, total);
}
