using Atrium.Functions.Messaging;
using Atrium.Functions.Operations;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Operations;

/// <summary>Queues in memory and what measures them.</summary>
sealed class MeasuredQueues
{
    readonly CollectedLog<MeasureQueuesFunction> _log = new();
    readonly MeasureQueuesFunction _function;

    public MeasuredQueues(CollectedMetrics seen)
    {
        Bus = new FakeBus(seen.Time);
        _function = new MeasureQueuesFunction(
            new OldestWaiting(new QueueReceivers(Bus), seen.Time), seen.Queues, Some.Outages(), _log);
    }

    public FakeBus Bus { get; }

    /// <summary>The lines that the measuring wrote.</summary>
    public IReadOnlyList<string> Lines => _log.Lines;

    public Task MeasureAsync() => MeasureAsync(default);

    public Task MeasureAsync(CancellationToken stop) => _function.RunAsync(new TimerInfo(), stop);
}
