using System.Net.Sockets;
using Atrium.Local.Host.Worker.Messages;
using Google.Protobuf.WellKnownTypes;

namespace Atrium.Local.Host.Worker;

/// <summary>A worker that has loaded its functions and takes invocations.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    /// <summary>A worker usually takes about a second. A busy machine is many times slower.</summary>
    static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);

    /// <summary>How long a worker may take to end when it is told to; the real host's figure.</summary>
    static readonly TimeSpan TerminationGrace = TimeSpan.FromSeconds(5);

    static readonly TimeSpan ListenPause = TimeSpan.FromMilliseconds(20);

    const string HttpCapability = "HttpUri";

    readonly WorkerProcess _process;
    readonly WorkerChannel _channel;
    readonly TimeProvider _time;

    RunningWorker(WorkerProcess process, WorkerChannel channel, TimeProvider time)
    {
        (_process, _channel, _time) = (process, channel, time);
        Lost = Task.WhenAny(process.Ended, channel.Closed);
    }

    public int ProcessId => _process.Id;

    /// <summary>Where the worker takes HTTP requests; null when the app has not asked for ASP.NET Core.</summary>
    public Uri? Http { get; private set; }

    public IReadOnlyList<Function> Functions { get; private set; } = [];

    /// <summary>Ends with the process's exit code.</summary>
    public Task<int> Ended => _process.Ended;

    /// <summary>Ends when the worker can be given nothing more: its process has ended, or its stream has.</summary>
    public Task Lost { get; }

    /// <exception cref="HostStartException">The worker has ended, says that it cannot start, or says nothing at
    /// all.</exception>
    public static async Task<RunningWorker> StartAsync(
        WorkerSite site, ExpectedWorkers expected, Action<RpcLog> onLog, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString();
        var channel = new WorkerChannel(onLog);
        expected.Expect(id, channel);
        var worker = new RunningWorker(
            WorkerProcess.Start(site.App, site.Arguments(id), site.Environment), channel, time);
        var ready = false;
        try
        {
            var greeting = worker.GreetAsync(site);
            var patience = site.WaitsForDebugger ? Timeout.InfiniteTimeSpan : StartPatience;
            await Task.WhenAny(greeting, worker.Ended).WaitAsync(patience, time, cancellationToken);
            await (worker.Ended.IsCompleted ? throw await EndOfAsync(worker) : greeting);
            ready = true;
            return worker;
        }
        catch (WorkerLostException)
        {
            throw await EndOfAsync(worker);
        }
        catch (TimeoutException)
        {
            throw new HostStartException(
                $"The worker did not get ready within {StartPatience}. "
                + "Start it once more on a machine that is less busy.");
        }
        finally
        {
            expected.Forget(id);
            if (!ready)
            {
                await worker.DisposeAsync();
            }
        }
    }

    /// <summary>Has the worker run a function.</summary>
    /// <param name="invocation">What to run.</param>
    /// <param name="onSent">Called when that has gone out to the worker.</param>
    /// <param name="cancel">Has the worker cancel the function's token.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="WorkerLostException">The worker has gone.</exception>
    public async Task<StatusResult> InvokeAsync(
        InvocationRequest invocation, Action? onSent, CancellationToken cancel)
    {
        // In this order: if a worker gets the cancellation first, it runs the call nevertheless.
        var answer = _channel.AskAsync(new() { InvocationRequest = invocation }, onSent);
        await using var cancelling = cancel.Register(() =>
            _channel.Tell(new() { InvocationCancel = new() { InvocationId = invocation.InvocationId } }));
        return (await answer).InvocationResponse.Result;
    }

    /// <summary>Ends the process in the middle of what it does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Has the process end, and kills it when it does not.</summary>
    public async Task StopAsync()
    {
        _channel.Tell(new() { WorkerTerminate = new() { GracePeriod = TerminationGrace.ToDuration() } });
        await ((Task)Ended).WaitAsync(TerminationGrace, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _channel.End();
    }

    async Task GreetAsync(WorkerSite site)
    {
        await _channel.Opened;
        var greeted = await _channel.AskAsync(new()
        {
            WorkerInitRequest = new()
            {
                HostVersion = "4.0.0",
                WorkerDirectory = site.ScriptRoot,
                FunctionAppDirectory = site.ScriptRoot,
            },
        });
        RequireSuccess(greeted.WorkerInitResponse.Result);
        Http = greeted.WorkerInitResponse.Capabilities.TryGetValue(HttpCapability, out var uri) ? new(uri) : null;

        var listed = await _channel.AskAsync(
            new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = site.ScriptRoot } });
        RequireSuccess(listed.FunctionMetadataResponse.Result);
        var functions = listed.FunctionMetadataResponse.FunctionMetadataResults;
        foreach (var function in functions)
        {
            // The worker would look for it beside host.json, which may lie elsewhere.
            function.ScriptFile = Path.Combine(Path.GetDirectoryName(site.App)!, function.ScriptFile);
        }

        var loaded = await Task.WhenAll(functions.Select(function => _channel.AskAsync(
            new() { FunctionLoadRequest = new() { FunctionId = function.FunctionId, Metadata = function } })));
        Array.ForEach(loaded, answer => RequireSuccess(answer.FunctionLoadResponse.Result));
        Functions = functions.Count > 0
            ? [.. functions.Select(function => new Function(function))]
            : throw new HostStartException(
                "The app has no functions. Give a public method the attribute [Function(\"Name\")].");
        if (Http is { } http)
        {
            await ListensAsync(http);
        }
    }

    // It says where it listens before it does, and a first request would be refused.
    async Task ListensAsync(Uri http)
    {
        for (var listens = false; !listens && !Lost.IsCompleted;)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(http.Host, http.Port);
                listens = true;
            }
            catch (SocketException)
            {
                await Task.Delay(ListenPause, _time);
            }
        }
    }

    static void RequireSuccess(StatusResult result)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new HostStartException(
                $"The worker cannot start the app: {result.Exception?.Message ?? result.Result}");
        }
    }

    static async Task<HostStartException> EndOfAsync(RunningWorker worker)
    {
        // It ends by itself, or has broken with its host and would live on.
        await ((Task)worker.Ended).WaitAsync(TerminationGrace, worker._time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        worker._process.Kill();
        return await worker.Ended switch
        {
            StartFailure.ExitCode => HostStartException.ToldAlready(),
            StartFailure.PassingExitCode => HostStartException.ToldAndPasses(),
            var exitCode => new(
                $"The app has ended by itself, with exit code {exitCode}, before it was ready. "
                + "What it said about that stands above."),
        };
    }
}
