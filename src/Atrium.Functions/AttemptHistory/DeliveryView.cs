using Atrium.Functions.Deliveries;

namespace Atrium.Functions.AttemptHistory;

/// <summary>A delivery with all its runs.</summary>
/// <param name="Id">The <c>webhook-id</c> that the receiver saw.</param>
/// <param name="SubscriptionId">To which subscription.</param>
/// <param name="EventId">Of which event.</param>
/// <param name="Event">The event's name.</param>
/// <param name="Outcome">Delivered when an attempt was, unless its event was published and sent again after that;
/// otherwise that of the last attempt.</param>
/// <param name="NextAttemptAt">When the next attempt is due, if there is to be one.</param>
/// <param name="Runs">The first run and each replay, oldest first.</param>
internal sealed record DeliveryView(
    string Id, string SubscriptionId, string EventId, string Event, string Outcome, DateTimeOffset? NextAttemptAt,
    IReadOnlyList<RunView> Runs)
{
    /// <summary>Its dead letter; null when there is none, or when it is gone.</summary>
    public DeadLetterPlace? DeadLetter { get; init; }

    /// <param name="records">At least one; all of one delivery.</param>
    public static DeliveryView Of(IReadOnlyCollection<AttemptRecord> records)
    {
        var inOrder = records.OrderBy(record => record.Run).ThenBy(record => record.Attempt).ToList();
        var newest = inOrder[^1];
        var last = inOrder.Find(record => record.IsSuccessSince(newest.AcceptedAt ?? default)) ?? newest;
        return new(
            last.DeliveryId,
            last.SubscriptionId,
            last.EventId,
            last.EventType,
            last.Outcome.ToString(),
            last.NextAttemptAt,
            [.. inOrder.GroupBy(record => record.Run)
                .Select(run => new RunView(run.Key, run.First().RunStartedAt, [.. run.Select(AttemptView.Of)]))]);
    }
}

/// <summary>The place of a dead letter.</summary>
/// <param name="Queue">The queue that it failed on.</param>
/// <param name="SequenceNumber">Its number there.</param>
internal sealed record DeadLetterPlace(string Queue, string SequenceNumber);

/// <summary>One run of a delivery.</summary>
/// <param name="Run">1, and one more with each replay.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Attempts">Oldest first.</param>
internal sealed record RunView(int Run, DateTimeOffset StartedAt, IReadOnlyList<AttemptView> Attempts);
