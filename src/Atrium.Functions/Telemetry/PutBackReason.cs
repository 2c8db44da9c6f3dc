namespace Atrium.Functions.Telemetry;

/// <summary>Why a message is put back uncounted.</summary>
internal static class PutBackReason
{
    /// <summary>The tables or the vault failed.</summary>
    public const string Dependency = "dependency";

    /// <summary>The endpoint has as many requests under way as one may have.</summary>
    public const string EndpointBusy = "endpoint_busy";
}
