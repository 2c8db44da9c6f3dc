using System.Text.Json.Nodes;

namespace Atrium.EndToEnd;

/// <summary>The app's queues with little room on <c>parked</c>.</summary>
internal static class SmallParked
{
    /// <summary>Changes a config.json of the emulator so that the queue takes one megabyte.</summary>
    public static async Task ShrinkAsync(string file)
    {
        var config = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        var queues = config["UserConfig"]!["Namespaces"]![0]!["Queues"]!.AsArray();
        queues.Single(queue => (string?)queue!["Name"] == "parked")!["Properties"]!["MaxSizeInMegabytes"] = 1;
        await File.WriteAllTextAsync(file, config.ToJsonString());
    }
}
