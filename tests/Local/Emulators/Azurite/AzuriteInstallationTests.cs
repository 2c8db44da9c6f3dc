using System.Collections.Concurrent;
using Atrium.Local.Emulators.Azurite;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Local.Emulators.Tests.Azurite;

public sealed class AzuriteInstallationTests : IDisposable
{
    readonly StateFolder tools = new();

    public void Dispose() => tools.Dispose();

    [Fact]
    public async Task Installs_once_for_all_who_start_at_the_same_time()
    {
        Directory.CreateDirectory(Path.Combine(tools.Path, "azurite-0123.left-behind.tmp"));
        var node = await NodeJs.FindAsync(Environment.GetEnvironmentVariable("PATH")!, CancellationToken.None);
        var lines = new ConcurrentQueue<string>();

        var folders = await Task.WhenAll(
            new AzuriteInstallation(tools.Path, lines.Enqueue, TimeProvider.System)
                .EnsureAsync(node, CancellationToken.None),
            new AzuriteInstallation(tools.Path, lines.Enqueue, TimeProvider.System)
                .EnsureAsync(node, CancellationToken.None));

        Assert.Equal(folders[0], folders[1]);
        Assert.Equal([folders[0]], Directory.GetDirectories(tools.Path, "azurite-*"));
        Assert.True(File.Exists(Path.Combine(folders[0], "node_modules", "azurite", "package.json")));
        Assert.Single(lines, line => line.StartsWith("Azurite is installed", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("Waiting for another process", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failing_npm_is_a_clear_sentence_and_leaves_no_installation()
    {
        var installation = new AzuriteInstallation(tools.Path, _ => { }, TimeProvider.System);

        // Node.js in the place of npm: it knows no program "ci", says so and fails.
        var node = (await NodeJs.FindAsync(Environment.GetEnvironmentVariable("PATH")!, CancellationToken.None)).Node;
        var refusal = await Assert.ThrowsAsync<EmulatorStartException>(
            () => installation.EnsureAsync(new NodeJs(node, node), CancellationToken.None));

        Assert.StartsWith(
            "Azurite could not be installed: npm ended with code", refusal.Message, StringComparison.Ordinal);
        Assert.All(
            Directory.GetDirectories(tools.Path), folder => Assert.EndsWith(".tmp", folder, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tells_the_seconds_while_npm_runs()
    {
        var clock = new FakeTimeProvider();
        var npm = new TaskCompletionSource();
        // A second line would end the telling with an exception.
        var line = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var telling = new AzuriteInstallation(tools.Path, line.SetResult, clock)
            .TellUntilEndAsync(npm.Task, clock.GetTimestamp(), CancellationToken.None);

        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("Installing Azurite, 3 s ...", await line.Task);
        npm.SetResult();
        await telling;
    }
}
