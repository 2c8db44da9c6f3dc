using Atrium.Local.Host.Tests.Support;

namespace Atrium.Local.Host.Tests.ServiceBus;

/// <summary>What host.json says of Service Bus is what the host does.</summary>
public sealed class HostJsonTests : IAsyncLifetime
{
    RunningHost _host = null!;

    public async Task InitializeAsync() => _host = await RunningHost.StartAsync(setup => setup.HostJson("""
        { "version": "2.0", "extensions": { "serviceBus": { "autoCompleteMessages": false, "maxConcurrentCalls": 2,
          "maxAutoLockRenewalDuration": "00:00:00" } } }
        """));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Locks_completion_and_concurrency_are_host_jsons()
    {
        // Neither completed by the host nor renewed: it comes again when its lock is over.
        await _host.SendAsync(Queues.Silent, "left", "nothing");
        // Not renewed either, so that it comes again while its function goes on, which then settles nothing.
        await _host.SendAsync(Queues.Silent, "outlived", "wait complete");
        await _host.Process.LineAsync("outlived began, delivery 2");
        await _host.OpenAsync("outlived");
        Assert.Contains(
            "MessageLockLost", await _host.Process.LineAsync("outlived was refused complete: Unknown"),
            StringComparison.Ordinal);
        await _host.Process.LineAsync("left began, delivery 2");

        // Two at a time: the third begins when one of them has ended.
        foreach (var id in new[] { "one", "two", "three" })
        {
            await _host.SendAsync(Queues.Automatic, id, "wait");
        }

        var first = Name(await _host.Process.LineAsync(line => IsBegin(line)));
        await _host.Process.LineAsync(line => IsBegin(line) && Name(line) != first);
        await _host.OpenAsync(first);
        await _host.Process.LineAsync($"{first} did wait");
        var begun = new HashSet<string>();
        await _host.Process.LineAsync(line => IsBegin(line) && begun.Add(Name(line)) && begun.Count == 3);
        var lines = _host.Process.Lines;
        Assert.Equal(
            2, lines.TakeWhile(line => !line.Contains($"{first} did wait", StringComparison.Ordinal)).Count(IsBegin));
        foreach (var id in begun)
        {
            await _host.OpenAsync(id);
        }
    }

    static bool IsBegin(string line) =>
        line.Contains(" began, ", StringComparison.Ordinal) && Name(line) is "one" or "two" or "three";

    // Behind time, level and category.
    static string Name(string line) => line.Split(' ') is [_, _, _, var name, ..] ? name : "";
}
