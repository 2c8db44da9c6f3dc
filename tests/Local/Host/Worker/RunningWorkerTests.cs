using System.Globalization;
using Atrium.Local.Host.Tests.Support;
using Atrium.Local.Host.Worker;

namespace Atrium.Local.Host.Tests.Worker;

public sealed class RunningWorkerTests
{
    readonly SteppedTime _time = new();

    [Fact]
    public async Task A_worker_that_never_calls_is_ended_after_three_minutes()
    {
        using var folder = new TempFolder();
        var start = RunningWorker.StartAsync(
            Site(folder, waitsForDebugger: false), new(), _ => { }, _time, CancellationToken.None);
        await _time.PassAsync(TimeSpan.FromMinutes(3));
        var late = await Assert.ThrowsAsync<HostStartException>(() => start.Soon());
        Assert.Contains("The worker did not get ready within 00:03:00.", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_waits_for_a_debugger_has_all_the_time_that_it_takes_until_the_host_stops()
    {
        using var folder = new TempFolder();
        using var stopping = new CancellationTokenSource();
        var start = RunningWorker.StartAsync(
            Site(folder, waitsForDebugger: true), new(), _ => { }, _time, stopping.Token);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(start.IsCompleted);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.Soon());
    }

    static WorkerSite Site(TempFolder folder, bool waitsForDebugger)
    {
        var settings = new Dictionary<string, string> { ["Sample__Start"] = "Hang" };
        if (waitsForDebugger)
        {
            settings[StartupHook.WaitVariable] = true.ToString(CultureInfo.InvariantCulture);
        }

        return new(HostProcess.App, folder.Path, new("http://127.0.0.1:1"), settings);
    }
}
