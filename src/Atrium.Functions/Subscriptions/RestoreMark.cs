using Atrium.Functions.Storage;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// Says that the table <c>Subscriptions</c> was lost and is being restored. It has a table of its own, since it must be
/// there before that one is.
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
    const string Row = "underway";
    const int Unavailable = 503;

    readonly TableGateway _table = new(tables, TableName, isMadeAtStart: true);
    long _notSetAt = long.MinValue;

    /// <summary>Sets it, and waits until every instance knows it.</summary>
    public async Task SetAsync(CancellationToken cancellationToken)
    {
        await _table.UpsertAllAsync([new TableEntity(Partition, Row)], cancellationToken);
        // Twice, for what was asked just before, and whose answer is late.
        await Task.Delay(2 * KeptFor, time, cancellationToken);
    }

    /// <summary>Removes it, whether or not it is there.</summary>
    public Task RemoveAsync(CancellationToken cancellationToken) =>
        _table.RemoveAsync(Partition, Row, ETag.All, cancellationToken);

    /// <summary>Makes sure that the table is whole.</summary>
    /// <returns>
    /// False when that was known; true when the mark was looked for, and may have been removed just now.
    /// </returns>
    /// <exception cref="RequestFailedException">The mark is set: 503, as the table answers in an outage.</exception>
    public async Task<bool> ThrowIfSetAsync(CancellationToken cancellationToken)
    {
        var (now, notSetAt) = (time.GetTimestamp(), Volatile.Read(ref _notSetAt));
        if (notSetAt != long.MinValue && time.GetElapsedTime(notSetAt, now) < KeptFor)
        {
            return false;
        }

        if (await _table.FindAsync(Partition, Row, cancellationToken) is not null)
        {
            throw new RequestFailedException(
                Unavailable, "The table Subscriptions is being restored. If the restore was cut off, send it again.");
        }

        Volatile.Write(ref _notSetAt, now);
        return true;
    }
}
