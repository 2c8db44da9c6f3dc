using Atrium.Functions.Egress;

namespace Atrium.Functions.TestWebhooks;

/// <summary>Where a test's time went, in milliseconds; null for what it did not come to, or when an open connection was used again.</summary>
/// <param name="Dns">Resolving the name.</param>
/// <param name="Connect">Connecting.</param>
/// <param name="Tls">The TLS handshake.</param>
/// <param name="FirstByte">From the start until the answer's headers were complete.</param>
/// <param name="Total">From the start to the end.</param>
internal sealed record TestTimings(double? Dns, double? Connect, double? Tls, double? FirstByte, double Total)
{
    public static TestTimings Of(ExchangeTimings timings) => new(
        timings.Dns?.TotalMilliseconds,
        timings.Connect?.TotalMilliseconds,
        timings.Tls?.TotalMilliseconds,
        timings.FirstByte?.TotalMilliseconds,
        timings.Total.TotalMilliseconds);
}
