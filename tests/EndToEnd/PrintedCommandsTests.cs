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
        var published = await RunAsync(Printed(app, "Publish:", "Ready on"));

        Assert.True(subscribed.GetProperty("hasSecret").GetBoolean());
        Assert.StartsWith("evt_", published.GetProperty("id").GetString(), StringComparison.Ordinal);
        await app.LoggedAsync("received  visitor.checked_in, signature verified");
        await app.LoggedAsync("✓ delivered  204  visitor.checked_in", "attempt 1", "acme  msg_");
    }

    static string Printed(RunningApp app, string label, string next)
    {
        var from = app.Process.Output.IndexOf(label, StringComparison.Ordinal) + label.Length;
        var command = app.Process.Output[from..app.Process.Output.IndexOf(next, from, StringComparison.Ordinal)].Trim();
        Assert.StartsWith("curl ", command, StringComparison.Ordinal);
        return command;
    }

    /// <summary>
    /// Gives a command to the shell and takes what it prints for JSON. Again while a store or the worker is late.
    /// </summary>
    static async Task<JsonElement> RunAsync(string command)
    {
        JsonElement answer = default;
        await Eventually.TrueAsync(async () =>
        {
            using var shell = Process.Start(
                new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true })!;
            var output = await shell.StandardOutput.ReadToEndAsync().Soon();
            await shell.WaitForExitAsync().Soon();
            Assert.Equal(0, shell.ExitCode);
            answer = output.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(output);
            return output.Length > 0
                && !(answer.TryGetProperty("code", out var code) && code.GetString() == "unavailable");
        });
        return answer;
    }
}
