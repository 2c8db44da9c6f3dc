using Atrium.Local.Host.Tests.Support;
using Atrium.Local.Host.Worker;
using Atrium.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Host.Tests.Worker;

public sealed class WorkerSupervisorTests
{
    [Fact]
    public async Task Who_waits_for_a_worker_hears_that_none_comes_any_more()
    {
        using var setup = new HostSetup();
        await using var server = await WorkerServer.StartAsync(NullLoggerFactory.Instance, CancellationToken.None);
        var site = new WorkerSite(setup.App, setup.Folder, server.Grpc, setup.Settings);
        await using var workers = new WorkerSupervisor(
            cancel => RunningWorker.StartAsync(site, server.Expected, _ => { }, TimeProvider.System, cancel),
            new RestartBudget(0, TimeProvider.System), NullLogger<WorkerSupervisor>.Instance);
        var worker = await workers.StartAsync(CancellationToken.None).Soon();
        Assert.Same(worker, await workers.CurrentAsync(CancellationToken.None));

        await Signals.SendAsync("KILL", worker.ProcessId);

        Assert.StartsWith(
            "The app's process has died again, ", await workers.GaveUp.Soon(), StringComparison.Ordinal);
        Assert.Null(await workers.CurrentAsync(CancellationToken.None).Soon());
    }
}
