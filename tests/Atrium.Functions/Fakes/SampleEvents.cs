using System.Text.Json.Nodes;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>The contract's sample events.</summary>
static class SampleEvents
{
    public static BinaryData PreRegistered => Read("pre_registered");

    public static BinaryData CheckedIn => Read("checked_in");

    public static BinaryData CheckedOut => Read("checked_out");

    public static BinaryData Of(string eventName) => Read(eventName["visitor.".Length..]);

    /// <summary>A sample with something changed.</summary>
    public static BinaryData Changed(string eventName, Action<JsonObject> change)
    {
        var sample = JsonNode.Parse(Of(eventName).ToString())!.AsObject();
        change(sample);
        return BinaryData.FromString(sample.ToJsonString());
    }

    static BinaryData Read(string name) =>
        BinaryData.FromBytes(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Events", "Samples", name + ".json")));
}
