using Atrium.Functions.DeadLetters;
using Atrium.Functions.Operations;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Operations;

/// <summary>Queues in memory and what measures them.</summary>
sealed class MeasuredQueues
{
    readonly MeasureQueuesFunction _function;

    public MeasuredQueues(CollectedMetrics seen)
    {
        Bus = new FakeBus(seen.Time);
        _function = new MeasureQueuesFunction(new DeadLetterMeasure(Bus), new OldestWaiting(Bus, seen.Time), seen.Queues);
    }

    public FakeBus Bus { get; }

    public Task MeasureAsync() => _function.RunAsync(new TimerInfo(), default);
}
