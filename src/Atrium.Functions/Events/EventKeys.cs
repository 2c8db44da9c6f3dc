using Atrium.Functions.Http;
using Atrium.Functions.Messaging;
using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Events;

/// <summary>
/// Remembers which event each <c>Idempotency-Key</c> came with, and whether the event was sent. A tenant has a
/// partition. Only hashes of key and event are stored. Duplicate detection cannot do this: it knows ids for an hour
/// only, and drops a message whatever its content is.
/// </summary>
internal sealed partial class EventKeys(
    TableServiceClient tables, OutageLog outages, TimeProvider time, ILogger<EventKeys> logger)
{
    /// <summary>The tables of keys, each with those that were first used in a week.</summary>
    public static readonly WeeklyTables Weeks = new("EventKeys", IdempotencyKey.KeptFor);

    const string EventId = nameof(EventId);
    const string UsedAt = nameof(UsedAt);

    // The id of the event that was sent. An id and not a flag, so that a late mark cannot apply to another event.
    const string SentId = nameof(SentId);

    /// <summary>
    /// Ties a key to an event, unless it is tied to another, and sends the event once. Safe to repeat.
    /// </summary>
    /// <remarks>
    /// The row is written before the event is sent, and marked afterwards. Without the mark (a crash, a failed send, an
    /// answer that was lost, two requests at once) the event is sent again.
    /// </remarks>
    /// <param name="key">As the client sent it.</param>
    /// <param name="eventId">Differs for events that differ in a byte.</param>
    /// <param name="sendAsync">Sends the event, each time as a message of the same id.</param>
    /// <returns>
    /// False when the key came with another event within <see cref="IdempotencyKey.KeptFor"/>; nothing was sent.
    /// </returns>
    /// <exception cref="RequestFailedException">The table failed; nothing was sent.</exception>
    public async Task<bool> TrySendAsync(
        string tenant, string key, string eventId, Func<Task> sendAsync, CancellationToken cancellationToken)
    {
        var (table, row) = await TakeAsync(tenant, StableHash.Of(key), eventId, cancellationToken);
        if (!IsOf(row, eventId))
        {
            return false;
        }

        if (row.Text(SentId) != eventId)
        {
            await sendAsync();
            await MarkAsync(table, row, eventId);
        }

        return true;
    }

    // The key's row with its table: the existing row while it counts, or a new one for this event. On the first day of
    // a week, the key may be in the table of the previous week, or another request may just be adding it there. So the
    // key is claimed in that table first, then in this week's. From the next day on, only this week's table is used.
    async Task<(TableGateway Table, TableEntity Row)> TakeAsync(
        string tenant, string key, string eventId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (lastWeek, thisWeek) = (Weeks.Name(now - IdempotencyKey.KeptFor), Weeks.Name(now));
        var taken = await TakeAsync(lastWeek, Row(now), now, cancellationToken);
        return lastWeek != thisWeek && IsOf(taken.Row, eventId) && UsedFirst(taken.Row) is { } first
            && Weeks.Name(first) == thisWeek
                ? await TakeAsync(thisWeek, Row(first), now, cancellationToken)
                : taken;

        TableEntity Row(DateTimeOffset usedAt) => new(tenant, key) { [EventId] = eventId, [UsedAt] = usedAt };
    }

    async Task<(TableGateway Table, TableEntity Row)> TakeAsync(
        string week, TableEntity row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var table = new TableGateway(tables, week);
        if (await table.TryAddAsync(row, cancellationToken))
        {
            return (table, row);
        }

        // The second request finds the row of the first. Nothing removes a row that still counts.
        var there = (await table.FindAsync(row.PartitionKey, row.RowKey, cancellationToken))!;
        return IsKept(there, now) ? (table, there)
            : await table.UpdateAsync(row, there.ETag, TableUpdateMode.Replace, cancellationToken) is not null
                ? (table, row)
            : (table, (await table.FindAsync(row.PartitionKey, row.RowKey, cancellationToken))!);
    }

    // The event is on the queue, so the request succeeds even if the mark fails. The worst that follows is a message
    // that is sent again. The mark is also made if the client goes away, because it will ask again.
    async Task MarkAsync(TableGateway table, TableEntity row, string eventId)
    {
        try
        {
            var mark = new TableEntity(row.PartitionKey, row.RowKey) { [SentId] = eventId };
            await table.UpdateAsync(mark, ETag.All, TableUpdateMode.Merge, CancellationToken.None);
        }
        catch (Exception e) when (Outage.IsOne(e, CancellationToken.None))
        {
            if (!outages.Explains(e))
            {
                Log.NotMarked(logger, eventId, ErrorText.Of(e));
            }
        }
    }

    // A row that cannot be read counts as missing: the event is sent rather than refused.
    static bool IsKept(TableEntity row, DateTimeOffset now) =>
        row.Text(EventId) is not null && UsedFirst(row) is { } used && used > now - IdempotencyKey.KeptFor;

    static DateTimeOffset? UsedFirst(TableEntity row) => row.Value<DateTimeOffset>(UsedAt);

    static bool IsOf(TableEntity row, string eventId) => row.Text(EventId) == eventId;

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Event {EventId} is on the queue, but its Idempotency-Key could not be marked ({Error}): sent again, it is "
            + "put there again")]
        public static partial void NotMarked(ILogger logger, string eventId, string error);
    }
}
