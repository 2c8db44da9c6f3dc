namespace Atrium.Functions.Telemetry;

/// <summary>What is kept in memory.</summary>
internal static class CacheName
{
    public const string Subscriptions = "subscriptions";
    public const string Secrets = "secrets";
    public const string Headers = "headers";
}
