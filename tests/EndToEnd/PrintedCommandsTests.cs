using System.Diagnostics;
using System.Text.Json;

namespace Atrium.EndToEnd;

[Collection(nameof(DefaultApp))]
public sealed class PrintedCommandsTests(DefaultApp started)
{
    [Fact]
    public async Task The_two_curl_commands_that_the_app_prints_subscribe_and_publish_as_they_stand()
    {
        await using var app = started.Share();

        var subscribed = await RunAsync(Printed(app, "Subscribe:", "Publish:"));
        var published = await RunAsync(Printed(app, "Publish:", "Ctrl-C stops"));

        Assert.StartsWith("whsec_", subscribed.GetProperty("secret").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("evt_", published.GetProperty("id").GetString(), StringComparison.Ordinal);
        // Whoever listens where the command says, or nobody: the event that it published was sent to the subscription
        // that it made.
        await app.LoggedAsync("Delivery attempted", subscribed.GetProperty("id").GetString()!);
    }

    static string Printed(RunningApp app, string label, string next)
    {
        var from = app.Process.Output.IndexOf(label, StringComparison.Ordinal) + label.Length;
        var command = app.Process.Output[from..app.Process.Output.IndexOf(next, from, StringComparison.Ordinal)].Trim();
        Assert.StartsWith("curl ", command, StringComparison.Ordinal);
        return command;
    }

    /// <summary>Gives a command to the shell and takes what it prints for JSON.</summary>
    static async Task<JsonElement> RunAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
        return JsonSerializer.Deserialize<JsonElement>(output);
    }
}
