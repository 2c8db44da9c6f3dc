using Atrium.Functions.Jobs;

namespace Atrium.Functions.DeadLetters;

/// <summary>The rows that a step of a job goes through, a page at a time.</summary>
/// <param name="order">What the step does.</param>
/// <param name="pageSize">How many rows a page has at most.</param>
/// <param name="index">Where they are.</param>
/// <param name="messages">Where the only message of a job is looked for.</param>
/// <param name="time">The clock.</param>
internal sealed class OrderedRows(
    WorkOrder order, int pageSize, DeadLetterIndex index, DeferredMessages messages, TimeProvider time)
{
    // More than a step works off, and some 20 MB.
    const int MostOrdered = 20_000;

    const char Separator = '|';

    readonly Stack<IndexRow> _oldest = [];
    long _began = time.GetTimestamp();

    /// <summary>Whether the step has gone on for as long as it may.</summary>
    public bool IsTimeUp => time.GetElapsedTime(_began) >= IndexedWork.LongestStep;

    /// <param name="after">The place after which it goes on; null from the first.</param>
    public Task<RowPage> NextAsync(string? after, CancellationToken cancellationToken) =>
        order.Only is { } number ? OnlyAsync(number, after, cancellationToken)
        : order.OldestFirst ? OldestAsync(after, cancellationToken)
        : order.Job.Tenant == JobTenant.System ? OfAllAsync(after, cancellationToken)
        : OfTenantAsync(order.Job.Tenant, after is null ? null : ReadPlace(after).Key, cancellationToken);

    async Task<RowPage> OnlyAsync(long number, string? after, CancellationToken cancellationToken) =>
        after is not null ? RowPage.End
        : await messages.PeekAsync(order.Job.Source, number, cancellationToken) switch
        {
            Peeked.There(var message) =>
                Page([IndexRow.Of(order.Job.Source, DeadLetter.Of(order.Job.Source, message))]),
            Peeked.Unknown when order.Job.Place.Pass == 0 => RowPage.End with { IsUnknown = true },
            // The step that took it may have failed before it removed the row.
            _ => await OfNumberAsync(number, cancellationToken),
        };

    async Task<RowPage> OfNumberAsync(long number, CancellationToken cancellationToken) =>
        Page(await index.QueryAsync(
            order.Job.Tenant, DeadLetterFilter.One(number).RangeOf(order.Job.Source), null, cancellationToken)
            .ToListAsync(cancellationToken));

    async Task<RowPage> OldestAsync(string? after, CancellationToken cancellationToken)
    {
        if (_oldest.Count == 0)
        {
            await FindOldestAsync(after, cancellationToken);
            // Among very many, the search alone takes as long as a step.
            _began = time.GetTimestamp();
        }

        var page = new List<IndexRow>();
        while (page.Count < pageSize && _oldest.TryPop(out var row))
        {
            page.Add(row);
        }

        return Page(page);
    }

    // The table can only list the newest first, so the oldest come last.
    async Task FindOldestAsync(string? after, CancellationToken cancellationToken)
    {
        var range = order.Range with { KeyBefore = after is null ? null : ReadPlace(after).Key };
        await foreach (var row in index.QueryAsync(order.Job.Tenant, range, null, cancellationToken)
            .TakeLast(MostOrdered))
        {
            _oldest.Push(row);
        }
    }

    async Task<RowPage> OfAllAsync(string? after, CancellationToken cancellationToken)
    {
        var (last, key) = after is null ? ("", null) : ReadPlace(after);
        await foreach (var tenant in index.TenantsAsync(last, cancellationToken))
        {
            // A step looks through one at least, and so the job goes on.
            if (IsTimeUp && tenant != last)
            {
                return new RowPage([], PlaceOf(tenant, ""));
            }

            if (await OfTenantAsync(tenant, tenant == last ? key : null, cancellationToken)
                is { After: not null } page)
            {
                return page;
            }
        }

        return RowPage.End;
    }

    async Task<RowPage> OfTenantAsync(string tenant, string? after, CancellationToken cancellationToken) =>
        Page(await index.QueryAsync(tenant, order.Range, after, cancellationToken).Take(pageSize)
            .ToListAsync(cancellationToken));

    static RowPage Page(IReadOnlyList<IndexRow> rows) =>
        rows is [.., var last] ? new(rows, PlaceOf(last.Letter.Tenant, last.Key)) : RowPage.End;

    static string PlaceOf(string tenant, string key) => $"{tenant}{Separator}{key}";

    // Without a key: from the tenant's first.
    static (string Tenant, string? Key) ReadPlace(string place) => place.Split(Separator, 2) switch
    {
        [var tenant, ""] => (tenant, null),
        [var tenant, var key] => (tenant, key),
        _ => ("", null),
    };
}

/// <summary>Rows that come next.</summary>
/// <param name="Rows">None at the end, or when the search for them took too long.</param>
/// <param name="After">The place after which it goes on; null at the end.</param>
internal sealed record RowPage(IReadOnlyList<IndexRow> Rows, string? After)
{
    public static readonly RowPage End = new([], null);

    /// <summary>Whether nobody knows if the only message is there.</summary>
    public bool IsUnknown { get; init; }
}
