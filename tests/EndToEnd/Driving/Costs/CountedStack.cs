using Atrium.Local.Emulators;
using Atrium.Local.Emulators.Azurite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.EndToEnd;

/// <summary>
/// The running app with something that counts at each of its doors but the vault's, which the host keeps to itself.
/// </summary>
internal sealed class CountedStack : IAsyncDisposable
{
    // The invoker tells of every execution, at this level.
    static readonly (string, string) TellExecutions = ("Logging__LogLevel__Atrium.Local.Host.Worker", "Debug");

    readonly Stack<IAsyncDisposable> _started = new();
    readonly TemporaryFolder _state = new();
    CountedQueues? _queues;
    CountedTables _tables = null!;
    int _published;

    public Receiver Receiver { get; private set; } = null!;

    public RunningApp App { get; private set; } = null!;

    /// <param name="clockSpeed">How fast the broker's waits pass.</param>
    public async Task StartAsync(int clockSpeed)
    {
        Receiver = Started(await Receiver.StartAsync());
        var broker = Started(await Broker.StartAsync(_state, clockSpeed: clockSpeed));
        _queues = new CountedQueues(broker);
        var azurite = Started(await AzuriteEmulator.StartAsync(
            new AzuriteEmulatorOptions
            {
                ToolsFolder = LocalState.Tools,
                DataFolder = Path.Combine(_state.Path, "tables"),
                Port = 0,
            },
            _ => { },
            NullLoggerFactory.Instance,
            TimeProvider.System));
        _tables = Started(await CountedTables.StartAsync(azurite));
        App = Started(await RunningApp.StartAsync(
            _state, 1, broker.Setting, ("Tables", _tables.ConnectionString), TellExecutions));
    }

    /// <summary>Makes a tenant's one subscription.</summary>
    public Task SubscribeAsync(string tenant) => App.SubscribeAsync(Receiver.Url, ["*"], tenant, generateSecret: true);

    /// <summary>Publishes an event and waits until its delivery has ended.</summary>
    public async Task<CountedDelivery> DeliverAsync(string tenant)
    {
        _tables.Take();
        _queues!.Reset();
        var requests = Receiver.All.Count;
        await App.PublishAsync(Events.Numbered(_published), tenant);
        var operations = await _queues.OverAsync();
        var tables = _tables.Take();
        return new(_published++, operations, tables, Receiver.All.Count - requests);
    }

    /// <summary>Stops the app, which has then told of all executions.</summary>
    /// <returns>How many there were for each event published.</returns>
    public async Task<IReadOnlyList<int>> ExecutionsAsync()
    {
        Assert.Equal(0, await App.Process.InterruptAsync());
        var executions = new List<int>();
        foreach (var line in App.Process.Lines)
        {
            // One event after the other, and each begins with the request that brings it.
            if (line.Contains("Executing function Ingest ", StringComparison.Ordinal))
            {
                // One that nothing follows was sent again, since the worker was late.
                if (executions is not [.., 1])
                {
                    executions.Add(1);
                }
            }
            else if (line.Contains("Executing function FanOut ", StringComparison.Ordinal)
                || line.Contains("Executing function Deliver ", StringComparison.Ordinal))
            {
                executions[^1]++;
            }
        }

        return executions;
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started))
        {
            await started.DisposeAsync();
        }

        _queues?.Dispose();
        _state.Dispose();
    }

    T Started<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }
}
