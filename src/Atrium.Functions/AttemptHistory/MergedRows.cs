using Azure.Data.Tables;

namespace Atrium.Functions.AttemptHistory;

/// <summary>The rows of several tables as one list, in the order of their keys.</summary>
internal sealed class MergedRows(IEnumerable<IAsyncEnumerable<TableEntity>> sources) : IAsyncDisposable
{
    readonly List<IAsyncEnumerator<TableEntity>> _sources = [.. sources.Select(source => source.GetAsyncEnumerator())];
    readonly PriorityQueue<IAsyncEnumerator<TableEntity>, string> _next = new(StringComparer.Ordinal);

    /// <summary>Whether <see cref="NextAsync"/> will give a row.</summary>
    public bool HasMore => _next.Count > 0;

    /// <summary>Reads the first page of each table, at the same time.</summary>
    public async Task OpenAsync()
    {
        var found = await Task.WhenAll(_sources.Select(source => source.MoveNextAsync().AsTask()));
        foreach (var (source, _) in _sources.Zip(found).Where(pair => pair.Second))
        {
            _next.Enqueue(source, source.Current.RowKey);
        }
    }

    /// <returns>The next row, or null at the end.</returns>
    public async Task<TableEntity?> NextAsync()
    {
        if (!_next.TryDequeue(out var source, out _))
        {
            return null;
        }

        var row = source.Current;
        if (await source.MoveNextAsync())
        {
            _next.Enqueue(source, source.Current.RowKey);
        }

        return row;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources)
        {
            await source.DisposeAsync();
        }
    }
}
