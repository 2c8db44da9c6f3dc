using Atrium.Local.Host.Tests.Support;
using Atrium.Processes;

namespace Atrium.Local.Host.Tests.Life;

/// <summary>However the host ends, what runs is finished or handed back, and no process of its is left.</summary>
public sealed class EndTests
{
    /// <summary>Whom a signal reaches: a service manager stops each process of a service by itself.</summary>
    public enum Reach
    {
        Host,
        Group,
        EachProcess,
    }

    [Theory]
    [InlineData("TERM", Reach.Host)]
    [InlineData("INT", Reach.Group)]
    [InlineData("TERM", Reach.Group)]
    [InlineData("TERM", Reach.EachProcess)]
    [InlineData("QUIT", Reach.EachProcess)]
    [InlineData("HUP", Reach.EachProcess)]
    // Who has started it passes on what it has got itself.
    [InlineData("TERM", Reach.Group, "TERM")]
    [InlineData("INT", Reach.Group, "TERM")]
    public async Task Told_to_stop_it_lets_what_runs_end(string signal, Reach reach, string? echo = null)
    {
        await using var host = await RunningHost.StartAsync(setup => setup.Settings.Remove("Tables"));
        var (worker, tables) = (host.WorkerProcess, host.Running.GetProperty("tablesProcess").GetInt32());
        await host.SendAsync(Queues.Manual, "under-way", "wait complete");
        await host.Process.LineAsync("under-way began");
        using var answer = await host.Http.GetAsync(
            new Uri("/api/streams/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var stream = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await host.RunTimerAsync("LongTick");
        await host.Process.LineAsync("Ticked");
        using var keeper = await GateKeeper.BeginAsync(host, "under-way", "stream", "LongTick");
        // Connected before the host's time to stop begins.
        await using var other = host.ServiceBus.CreateReceiver(Queues.Silent);
        await other.PeekMessageAsync();

        foreach (var process in reach == Reach.EachProcess ? [worker, tables] : Array.Empty<int>())
        {
            await Signals.SendAsync(signal, process);
        }

        // Who starts the tests may have it ignore others.
        await (reach == Reach.EachProcess
            ? host.Process.SignalAsync("TERM")
            : Signals.SendAsync(signal, reach == Reach.Group ? -host.Process.Id : host.Process.Id));
        await host.Process.LineAsync("Stopping: nothing new is started");
        if (echo is not null)
        {
            await host.Process.SignalAsync(echo);
        }

        // The host does not compete for it any longer, once its last receive has been called back.
        await Eventually.TrueAsync(async () =>
        {
            await host.SendAsync(Queues.Silent, "too-late", "complete");
            return await other.ReceiveMessageAsync(TimeSpan.FromSeconds(1)) is not null;
        });
        await keeper.OpenAsync();
        await host.Process.LineAsync("under-way did complete");
        await host.Process.LineAsync("The long tick ended");
        Assert.Equal("first\nsecond\n", await stream.ReadToEndAsync().Soon());
        Assert.Equal(0, await host.Process.ExitAsync());
        await Signals.GoneAsync(worker);
        await Signals.GoneAsync(tables);
        Assert.Empty(host.Process.Errors);
        Assert.Single(host.Process.Lines, line => line.Contains("under-way began", StringComparison.Ordinal));
        Assert.DoesNotContain("under-way is cancelled", host.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Process.Lines, line => line.Contains("Azurite (process", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_a_stop_cancels_functions_one_that_heeds_ends_while_a_request_goes_on()
    {
        await using var host = await RunningHost.StartAsync(
            setup => setup.Settings["LocalStack__StopCancels"] = "true");
        await host.SendAsync(Queues.Manual, "heeds", "until-cancelled complete");
        await host.Process.LineAsync("heeds began");
        using var answer = await host.Http.GetAsync(
            new Uri("/api/streams/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var stream = new StreamReader(await answer.Content.ReadAsStreamAsync());
        using var keeper = await GateKeeper.BeginAsync(host, "stream");

        await host.Process.SignalAsync("TERM");
        // Cut off with what takes longer than the stop, the request would have ended too.
        await host.Process.LineAsync("heeds did complete");
        await keeper.OpenAsync();
        Assert.Equal("first\nsecond\n", await stream.ReadToEndAsync().Soon());
        Assert.Equal(0, await host.Process.ExitAsync());
    }

    [Fact]
    public async Task What_comes_while_it_ends_does_not_end_it_in_another_way()
    {
        await using var host = await RunningHost.StartAsync();
        var exit = host.Process.ExitAsync();
        do
        {
            await host.Process.SignalAsync("TERM");
        }
        while (!exit.IsCompleted);

        Assert.Equal(0, await exit);
    }

    [Fact]
    public async Task Told_again_by_Ctrl_C_it_cuts_off_what_runs()
    {
        await using var host = await RunningHost.StartAsync();
        var worker = host.WorkerProcess;
        await host.SendAsync(Queues.Manual, "heeds", "until-cancelled complete");
        await host.Process.LineAsync("heeds began");
        await host.SendAsync(Queues.Automatic, "heeds-not", "wait");
        await host.Process.LineAsync("heeds-not began");
        await host.Process.InterruptGroupAsync();
        await host.Process.LineAsync("Stopping: nothing new is started");
        await Eventually.TrueAsync(async () =>
        {
            if (host.Process.HasEnded || host.Process.Output.Contains("heeds did complete", StringComparison.Ordinal))
            {
                return true;
            }

            await host.Process.InterruptGroupAsync();
            return false;
        });
        await host.Process.LineAsync("heeds did complete");
        await host.Process.LineAsync("Some functions did not end although they were cancelled; they are left behind.");
        Assert.Equal(0, await host.Process.ExitAsync());
        await Signals.GoneAsync(worker);
    }

    [Fact]
    public async Task Killed_it_leaves_no_process_behind()
    {
        await using var host = await RunningHost.StartAsync(setup => setup.Settings.Remove("Tables"));
        var (worker, tables) = (host.WorkerProcess, host.Running.GetProperty("tablesProcess").GetInt32());
        await host.SendAsync(Queues.Manual, "under-way", "wait");
        await host.Process.LineAsync("under-way began");
        await host.Process.SignalAsync("KILL");
        await host.Process.ExitAsync();
        await Signals.GoneAsync(worker);
        await Signals.GoneAsync(tables);
    }
}
