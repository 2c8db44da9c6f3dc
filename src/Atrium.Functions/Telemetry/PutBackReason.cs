namespace Atrium.Functions.Telemetry;

/// <summary>Why a message is put back uncounted.</summary>
internal static class PutBackReason
{
    /// <summary>The tables or the vault failed.</summary>
    public const string Dependency = "dependency";

    /// <summary>As many requests are under way as the endpoint, its tenant, or slow endpoints may have.</summary>
    public const string EndpointBusy = "endpoint_busy";

    /// <summary>The subscription is paused, and the queue of what is parked takes nothing more.</summary>
    public const string ParkedFull = "parked_full";
}
