using Atrium.Functions.Storage;
using Azure;
using Azure.Data.Tables;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// Says that the table <c>Subscriptions</c> was lost and is being restored, and when it last was. It has a table of its
/// own, since it must be there before that one is. As long as nothing was ever restored, there is no such table.
/// </summary>
/// <remarks>All methods throw <see cref="RequestFailedException"/> when the table fails.</remarks>
internal sealed class RestoreMark(TableServiceClient tables, TimeProvider time)
{
    public const string TableName = "Restores";

    /// <summary>
    /// How long an instance takes it for granted that the mark is not set. Most events are of tenants without a
    /// subscription, and one partition takes 2,000 reads a second.
    /// </summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    const string Partition = SubscriptionStore.TableName;
    const string Row = "newest";
    const string HasEnded = nameof(HasEnded);
    const string At = nameof(At);

    readonly TableGateway _table = new(tables, TableName);
    long _notSetAt = long.MinValue;

    /// <summary>Sets it, and waits until every instance knows it.</summary>
    public async Task SetAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(hasEnded: false, cancellationToken);
        // Twice, for what was asked just before, and whose answer is late.
        await Task.Delay(2 * KeptFor, time, cancellationToken);
    }

    /// <summary>Notes that a restore is about to bring something into a table that is there.</summary>
    public async Task NoteAsync(CancellationToken cancellationToken)
    {
        if (!IsSet(await _table.FindAsync(Partition, Row, cancellationToken)))
        {
            await WriteAsync(hasEnded: true, cancellationToken);
        }
    }

    /// <summary>Notes that the restore has ended, if it was one of the whole table or has brought something.</summary>
    /// <param name="restored">How many rows it has brought.</param>
    public async Task EndAsync(int restored, CancellationToken cancellationToken)
    {
        if (IsSet(await _table.FindAsync(Partition, Row, cancellationToken)) || restored > 0)
        {
            await WriteAsync(hasEnded: true, cancellationToken);
        }
    }

    /// <summary>Makes sure that the table is whole.</summary>
    /// <returns>
    /// Whether a restore may have ended since the table was read; false also when that it is whole was known.
    /// </returns>
    /// <exception cref="RequestFailedException">The mark is set: 503, as the table answers in an outage.</exception>
    public async Task<bool> ThrowIfSetAsync(CancellationToken cancellationToken)
    {
        var (now, notSetAt) = (time.GetTimestamp(), Volatile.Read(ref _notSetAt));
        if (notSetAt != long.MinValue && time.GetElapsedTime(notSetAt, now) < KeptFor)
        {
            return false;
        }

        var newest = await _table.FindAsync(Partition, Row, cancellationToken);
        if (IsSet(newest))
        {
            throw new RequestFailedException(
                StatusCodes.Status503ServiceUnavailable,
                "The table Subscriptions is being restored. If the restore was cut off, send it again.");
        }

        Volatile.Write(ref _notSetAt, now);
        return newest is not null;
    }

    /// <summary>
    /// When something was last restored; null when nothing ever was. A backup has subscriptions only, so what else the
    /// table said before then may be lost.
    /// </summary>
    public async Task<DateTimeOffset?> NewestAsync(CancellationToken cancellationToken) =>
        (await _table.FindAsync(Partition, Row, cancellationToken))?.Value<DateTimeOffset>(At);

    static bool IsSet(TableEntity? newest) => newest is not null && newest.Value<bool>(HasEnded) != true;

    Task WriteAsync(bool hasEnded, CancellationToken cancellationToken) =>
        _table.UpsertAllAsync(
            [new TableEntity(Partition, Row) { [HasEnded] = hasEnded, [At] = time.GetUtcNow() }], cancellationToken);
}
