using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>What a step of a job wants of a queue.</summary>
/// <param name="Job">The job: where, and only messages that were enqueued before it was made, unless it is an erasure.</param>
/// <param name="Choice">Judges a message; must not throw.</param>
/// <param name="Act">
/// Acts on chosen messages, which are removed after it. It is repeated for the same messages when the process dies in between. False when it did nothing,
/// since they are no longer wanted: they stay, and the sweep ends.
/// </param>
internal sealed record SweepOrder(
    Job Job, Func<ServiceBusReceivedMessage, SweepChoice> Choice, Func<IReadOnlyList<ServiceBusReceivedMessage>, CancellationToken, Task<bool>> Act)
{
    /// <summary>The sequence number of the only message that can be wanted: what lies behind it is not locked.</summary>
    public long? Only { get; init; }

    /// <summary>Others that are held at a time; at most <see cref="QueueSweep.MaxHeld"/>.</summary>
    public int MostHeld { get; init; } = QueueSweep.MaxHeld;

    // What came later may be what the job itself sent and failed again. Nothing comes back of what is erased.
    public SweepChoice Choose(ServiceBusReceivedMessage message) =>
        message.EnqueuedTime < Job.CreatedAt || Job.Kind == JobKind.Erase ? Choice(message) : SweepChoice.Leave;
}
