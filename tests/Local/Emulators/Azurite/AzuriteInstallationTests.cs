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
        var (first, second) = (new Progress(), new Progress());

        var folders = await Task.WhenAll(
            new AzuriteInstallation(tools.Path, first, TimeProvider.System).EnsureAsync(node, CancellationToken.None),
            new AzuriteInstallation(tools.Path, second, TimeProvider.System).EnsureAsync(node, CancellationToken.None));

        Assert.Equal(folders[0], folders[1]);
        Assert.Equal([folders[0]], Directory.GetDirectories(tools.Path, "azurite-*"));
        Assert.True(File.Exists(Path.Combine(folders[0], "node_modules", "azurite", "package.json")));
        Assert.Single(
            first.Lines.Concat(second.Lines),
            line => line.StartsWith("Azurite is installed", StringComparison.Ordinal));
        Assert.Single(
            first.Lines.Concat(second.Lines),
            line => line.StartsWith("Waiting for another process", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failing_npm_is_a_clear_sentence_and_leaves_no_installation()
    {
        var installation = new AzuriteInstallation(tools.Path, new Progress(), TimeProvider.System);

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
        var (npm, lines) = (new TaskCompletionSource(), new Progress());
        var told = new AzuriteInstallation(tools.Path, lines, clock)
            .TellUntilEndAsync(npm.Task, clock.GetTimestamp(), CancellationToken.None);

        clock.Advance(TimeSpan.FromSeconds(3));
        await lines.Reported;
        npm.SetResult();
        await told;

        Assert.Equal("Installing Azurite, 3 s ...", Assert.Single(lines.Lines));
    }

    sealed class Progress : IProgress<string>
    {
        readonly TaskCompletionSource reported = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<string> Lines { get; } = new();

        public Task Reported => reported.Task;

        public void Report(string value)
        {
            Lines.Enqueue(value);
            reported.TrySetResult();
        }
    }
}
