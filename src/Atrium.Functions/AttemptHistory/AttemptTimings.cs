namespace Atrium.Functions.AttemptHistory;

/// <summary>Where an attempt's time went, in milliseconds; null for what it did not come to.</summary>
/// <param name="Dns">Resolving the name.</param>
/// <param name="Connect">Connecting.</param>
/// <param name="Tls">The TLS handshake.</param>
/// <param name="FirstByte">From the start until the answer's headers were complete.</param>
/// <param name="Total">From the start to the end.</param>
internal sealed record AttemptTimings(double? Dns, double? Connect, double? Tls, double? FirstByte, double Total);
