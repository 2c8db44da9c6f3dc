using Atrium.Functions.Storage;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Azure.Data.Tables;

namespace Atrium.Functions.Portal;

/// <summary>
/// Ends all sessions of a tenant: a row in its partition of subscriptions says since when tokens are valid. A restore
/// does not bring that row back, so it ends what was begun before it.
/// </summary>
internal sealed class PortalExpiry : IDisposable
{
    /// <summary>How long other instances may still accept a session that was ended.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    // A date each: tenants whose admins look at the same time.
    const int Capacity = 10_000;

    const string Row = "portal";
    const string NotBefore = nameof(NotBefore);

    readonly TableGateway _table;
    readonly RestoreMark _restore;
    readonly TimeProvider _time;
    readonly ReadCache<string, DateTimeOffset> _reads;

    public PortalExpiry(TableServiceClient tables, RestoreMark restore, AtriumMetrics metrics, TimeProvider time)
    {
        (_table, _restore, _time) = (SubscriptionStore.TableOf(tables), restore, time);
        _reads = new(CacheName.PortalSessions, Capacity, ReadAsync, _ => new CacheLifetime(KeptFor), metrics, time);
    }

    /// <summary>Ends what was begun until now.</summary>
    /// <exception cref="Azure.RequestFailedException">The table did not take it.</exception>
    public async Task ExpireAllAsync(string tenant, CancellationToken cancellationToken)
    {
        var row = new TableEntity(tenant, Row) { [NotBefore] = _time.GetUtcNow() };
        // In the version that was read: a write that the client repeats must not put back what a later one has ended.
        while (await _table.FindAsync(tenant, Row, cancellationToken) is var there
            && !(there is null ? await _table.TryAddAsync(row, cancellationToken)
                : there.Value<DateTimeOffset>(NotBefore) >= row.GetDateTimeOffset(NotBefore)
                    || await _table.UpdateAsync(row, there.ETag, TableUpdateMode.Replace, cancellationToken)
                        is not null))
        {
            // Another one was first: looked at again.
        }
    }

    /// <exception cref="Azure.RequestFailedException">The table could not be read.</exception>
    public async Task<bool> IsEndedAsync(PortalSession session, CancellationToken cancellationToken) =>
        session.IssuedAt <= await _reads.GetAsync(session.Tenant, cancellationToken);

    async Task<DateTimeOffset> ReadAsync(string tenant)
    {
        var ended = (await _table.FindAsync(tenant, Row, CancellationToken.None))?.Value<DateTimeOffset>(NotBefore);
        var restored = await _restore.NewestAsync(CancellationToken.None);
        return new[] { ended, restored }.Max() ?? DateTimeOffset.MinValue;
    }

    public void Dispose() => _reads.Dispose();
}
