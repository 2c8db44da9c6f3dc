using Atrium.Local.Host.Tests.Support;
using Atrium.Local.Host.Worker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Host.Tests.Worker;

public sealed class FunctionInvokerTests
{
    // What a shell says of a process that was killed.
    const int Killed = 137;

    static readonly TimeSpan FunctionTimeout = TimeSpan.FromHours(1);

    readonly SteppedTime _time = new();

    [Fact]
    public async Task A_worker_whose_function_goes_on_after_its_time_is_ended_and_followed_by_another()
    {
        using var setup = new HostSetup();
        await using var server = await WorkerServer.StartAsync(NullLoggerFactory.Instance, CancellationToken.None);
        var site = new WorkerSite(HostProcess.App, setup.Folder, server.Grpc, setup.Settings);
        var ticked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var workers = new WorkerSupervisor(
            cancel => RunningWorker.StartAsync(
                site, server.Expected, line => Hear(line.Message, ticked), TimeProvider.System, cancel),
            new(restarts: 1, _time), NullLogger<WorkerSupervisor>.Instance);
        var restarted = new TaskCompletionSource<RunningWorker>(TaskCreationOptions.RunContinuationsAsynchronously);
        workers.Restarted += restarted.SetResult;
        var first = await workers.StartAsync(CancellationToken.None);
        var invoker = new FunctionInvoker(
            workers, FunctionTimeout, _time, NullLogger<FunctionInvoker>.Instance, CancellationToken.None);

        // It heeds no token.
        var function = first.Functions.Single(function => function.Name == "LongTick");
        var run = invoker.InvokeAsync(
            function, new() { Name = function.Parameter, Data = new() { Json = """{"IsPastDue":false}""" } }, default);
        await ticked.Task.Soon();
        _time.Advance(FunctionTimeout);
        Assert.False(first.Ended.IsCompleted);
        _time.Advance(FunctionsHost.GraceTime);

        Assert.Equal(Killed, await first.Ended.Soon());
        await Assert.ThrowsAsync<FunctionFailedException>(() => run.Soon());
        Assert.NotEqual(first.ProcessId, (await restarted.Task.Soon()).ProcessId);
    }

    static void Hear(string line, TaskCompletionSource ticked)
    {
        if (line.StartsWith("Ticked", StringComparison.Ordinal))
        {
            ticked.TrySetResult();
        }
    }
}
