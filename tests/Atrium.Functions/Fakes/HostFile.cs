using System.Text.Json.Nodes;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>The host.json that is deployed.</summary>
static class HostFile
{
    public static JsonNode ServiceBus =>
        JsonNode.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")))!["extensions"]!["serviceBus"]!;

    public static int MaxConcurrentCalls => ServiceBus["maxConcurrentCalls"]!.GetValue<int>();

    public static TimeSpan MaxAutoLockRenewal() =>
        TimeSpan.Parse(
            ServiceBus["maxAutoLockRenewalDuration"]!.GetValue<string>(),
            System.Globalization.CultureInfo.InvariantCulture);
}
