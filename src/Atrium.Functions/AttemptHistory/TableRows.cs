using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.AttemptHistory;

/// <summary>The rows of one table in the order of their keys; none when there is no such table.</summary>
internal sealed class TableRows(TableClient table, string filter, int pageSize, CancellationToken cancellationToken) : IAsyncDisposable
{
    const int NotFound = 404;

    readonly IAsyncEnumerator<TableEntity> _rows =
        table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);

    /// <summary>The row moved to.</summary>
    public TableEntity Current => _rows.Current;

    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public async Task<bool> MoveNextAsync()
    {
        try
        {
            return await _rows.MoveNextAsync();
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();
}
