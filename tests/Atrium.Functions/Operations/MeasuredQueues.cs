using Atrium.Functions.Messaging;
using Atrium.Functions.Operations;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Logging.Testing;

namespace Atrium.Functions.Tests.Operations;

/// <summary>Queues in memory and what measures them.</summary>
sealed class MeasuredQueues
{
    readonly FakeLogger<QueueAges> _log = new();
    readonly QueueAges _ages;

    public MeasuredQueues(CollectedMetrics seen)
    {
        Bus = new FakeBus(seen.Time);
        _ages = new QueueAges(
            new OldestWaiting(new QueueReceivers(Bus), seen.Time), seen.Queues, Some.Outages(), _log);
    }

    public FakeBus Bus { get; }

    /// <summary>The lines that the measuring wrote.</summary>
    public IReadOnlyList<string> Lines => _log.Lines;

    public Task MeasureAsync() => MeasureAsync(default);

    public Task MeasureAsync(CancellationToken stop) => _ages.RunAsync(stop);
}
