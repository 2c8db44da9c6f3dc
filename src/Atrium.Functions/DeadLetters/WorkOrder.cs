using Atrium.Functions.Jobs;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>What a step of a job does with a queue.</summary>
/// <param name="Job">The job, which says where.</param>
/// <param name="Range">The rows that it goes through.</param>
/// <param name="Choose">Judges a message. One for which it throws is skipped.</param>
/// <param name="Act">Acts on chosen messages, which are removed after it. It is repeated for the same messages if the
/// process dies in between. False when it did nothing because the step should not go on: the messages stay, and the
/// next step judges them anew.</param>
internal sealed record WorkOrder(
    Job Job, IndexRange Range, Func<ServiceBusReceivedMessage, WorkChoice> Choose,
    Func<IReadOnlyList<ServiceBusReceivedMessage>, CancellationToken, Task<bool>> Act)
{
    /// <summary>The number of the only message that is selected; null when there may be several.</summary>
    public long? Only { get; init; }

    /// <summary>
    /// Whether the oldest dead letters are taken first, although the index lists the newest first. So a receiver gets a
    /// visitor's events in their order as far as possible.
    /// </summary>
    public bool OldestFirst { get; init; }

    /// <summary>
    /// Whose messages are peeked at before they are received, because few will be selected. On <c>parked</c>, each
    /// receipt counts as a delivery.
    /// </summary>
    public Func<IndexRow, bool> PeeksFirst { get; init; } = _ => false;

    /// <summary>
    /// Whether it waits while the index is made again, because what has no row yet would be missed for good.
    /// </summary>
    public bool NeedsWholeIndex { get; init; }
}

/// <summary>What a job is to do with a message.</summary>
internal enum WorkChoice
{
    /// <summary>It is none of those wanted, and stays as it is.</summary>
    Leave,

    /// <summary>It is wanted: act on it, and remove it from its queue.</summary>
    Take,

    /// <summary>It is selected, but cannot be processed: it stays as it is, and is counted.</summary>
    Skip,

    /// <summary>The same, because its subscription has been deleted.</summary>
    SkipDeleted,
}
