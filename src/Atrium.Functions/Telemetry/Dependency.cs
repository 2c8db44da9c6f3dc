namespace Atrium.Functions.Telemetry;

/// <summary>The services that the app cannot do without, by the names under which the log tells of them.</summary>
internal static class Dependency
{
    public const string Tables = "Table Storage";
    public const string Vault = "Key Vault";
    public const string ServiceBus = "Service Bus";
}
