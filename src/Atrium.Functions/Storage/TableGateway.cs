using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Storage;

/// <summary>
/// Access to one table. A missing table counts as empty, and is created with its first row, unless it is made at start:
/// then it was lost, which says nothing of its rows, and every call fails as in an outage. The client retries a call
/// whose answer was lost, and may then find its own write: a random mark in each row identifies it.
/// </summary>
/// <remarks>
/// All methods throw <see cref="RequestFailedException"/> when the table fails, or refuses what it is given.
/// </remarks>
/// <param name="tables">Where the table is.</param>
/// <param name="name">Its name.</param>
/// <param name="isMadeAtStart">Whether <see cref="TablesAtStart"/> alone makes it.</param>
internal sealed class TableGateway(TableServiceClient tables, string name, bool isMadeAtStart = false)
{
    /// <summary>The column of the mark.</summary>
    public const string Mark = "Write";

    readonly TableClient _table = tables.GetTableClient(name);

    /// <returns>The row; that there is none is a failure.</returns>
    public async Task<TableEntity> GetAsync(string partition, string row, CancellationToken cancellationToken) =>
        (await _table.GetEntityAsync<TableEntity>(partition, row, cancellationToken: cancellationToken)).Value;

    /// <returns>Null when there is no such row.</returns>
    public async Task<TableEntity?> FindAsync(string partition, string row, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(partition, row, cancellationToken);
        }
        catch (RequestFailedException e) when (IsEmpty(e) || e.ErrorCode == TableErrorCode.ResourceNotFound)
        {
            // Any other 404 comes from a wrong address, and says nothing about the row.
            return null;
        }
    }

    /// <summary>The rows that a filter takes, in the order of their keys.</summary>
    /// <param name="filter">Made by <see cref="TableClient.CreateQueryFilter(FormattableString)"/>.</param>
    /// <param name="pageSize">How many a call to the table gives at most, 1 to 1000; null for 1000.</param>
    /// <param name="columns">What is wanted of each row; null for all.</param>
    public async IAsyncEnumerable<TableEntity> QueryAsync(
        string filter, int? pageSize, [EnumeratorCancellation] CancellationToken cancellationToken,
        IEnumerable<string>? columns = null)
    {
        await using var rows = _table.QueryAsync<TableEntity>(filter, pageSize, columns, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(rows))
        {
            yield return rows.Current;
        }
    }

    /// <summary>Adds a row.</summary>
    /// <returns>False when there is one with this key.</returns>
    public async Task<bool> TryAddAsync(TableEntity entity, CancellationToken cancellationToken) =>
        await WriteAsync(
            entity, async () => (await _table.AddEntityAsync(entity, cancellationToken)).Headers.ETag,
            cancellationToken)
            is not null;

    /// <summary>Writes a row in place of the version that it was made from.</summary>
    /// <param name="entity">The row.</param>
    /// <param name="version">That version.</param>
    /// <param name="mode">Whether columns that the row does not have stay.</param>
    /// <returns>The new version; null when somebody else has changed or removed the row.</returns>
    public async Task<ETag?> UpdateAsync(
        TableEntity entity, ETag version, TableUpdateMode mode, CancellationToken cancellationToken)
    {
        var mark = WriteMark.Draw();
        entity[Mark] = mark;
        try
        {
            var answer = await _table.UpdateEntityAsync(entity, version, mode, cancellationToken);
            return answer.Headers.ETag!.Value;
        }
        catch (RequestFailedException e) when (
            e.Status is StatusCodes.Status404NotFound or StatusCodes.Status412PreconditionFailed)
        {
            return await OwnAsync(entity, mark, cancellationToken);
        }
    }

    /// <summary>Writes several rows of one partition, all or none.</summary>
    /// <param name="actions">1 to 100.</param>
    /// <returns>The version of the first row; null when one of them is there already, or has another version.</returns>
    public Task<ETag?> SubmitAsync(
        IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellationToken) => WriteAsync(
            (TableEntity)actions[0].Entity,
            async () => (await _table.SubmitTransactionAsync(actions, cancellationToken)).Value[0].Headers.ETag,
            cancellationToken);

    /// <summary>Adds rows of one partition, all or none.</summary>
    /// <param name="rows">1 to 100.</param>
    /// <returns>
    /// Null when they were added; otherwise the index of one that is there, maybe by this very call, whose first answer
    /// was lost.
    /// </returns>
    public async Task<int?> AddAsync(IReadOnlyList<TableEntity> rows, CancellationToken cancellationToken)
    {
        var actions = rows.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)).ToList();
        try
        {
            await WithTableAsync(
                () => _table.SubmitTransactionAsync(actions, cancellationToken), cancellationToken);
            return null;
        }
        catch (TableTransactionFailedException e) when (
            e.Status == StatusCodes.Status409Conflict && IsOfRow(e)
            && e.FailedTransactionActionIndex is { } index)
        {
            return index;
        }
    }

    /// <summary>Writes rows of one partition, whether they are there or not; all or none, and safe to repeat.</summary>
    /// <param name="rows">1 to 100.</param>
    /// <param name="keep">Whether columns that a row does not have stay.</param>
    public Task UpsertAllAsync(
        IEnumerable<TableEntity> rows, CancellationToken cancellationToken, bool keep = false)
    {
        var how = keep ? TableTransactionActionType.UpsertMerge : TableTransactionActionType.UpsertReplace;
        var actions = rows.Select(row => new TableTransactionAction(how, row)).ToList();
        return WithTableAsync(() => _table.SubmitTransactionAsync(actions, cancellationToken), cancellationToken);
    }

    /// <summary>Removes a row in the version that was read; safe to repeat.</summary>
    /// <returns>False when somebody else has changed it.</returns>
    public async Task<bool> RemoveAsync(string partition, string row, ETag version, CancellationToken cancellationToken)
    {
        try
        {
            await _table.DeleteEntityAsync(partition, row, version, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == StatusCodes.Status412PreconditionFailed)
        {
            return false;
        }
    }

    /// <summary>Removes rows of a partition, whatever their versions; safe to repeat.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="rows">1 to 100 keys.</param>
    public async Task RemoveAllAsync(string partition, IReadOnlyList<string> rows, CancellationToken cancellationToken)
    {
        try
        {
            await _table.SubmitTransactionAsync(
                rows.Select(row => new TableTransactionAction(
                    TableTransactionActionType.Delete, new TableEntity(partition, row), ETag.All)),
                cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            // One of them is gone, and none was removed.
            foreach (var row in rows)
            {
                await _table.DeleteEntityAsync(partition, row, ETag.All, cancellationToken);
            }
        }
    }

    async Task<ETag?> WriteAsync(TableEntity entity, Func<Task<ETag?>> write, CancellationToken cancellationToken)
    {
        var mark = WriteMark.Draw();
        entity[Mark] = mark;
        try
        {
            return await WithTableAsync(write, cancellationToken);
        }
        catch (RequestFailedException e) when (IsOfRow(e))
        {
            return await OwnAsync(entity, mark, cancellationToken);
        }
    }

    async Task<T> WithTableAsync<T>(Func<Task<T>> write, CancellationToken cancellationToken)
    {
        try
        {
            return await write();
        }
        catch (RequestFailedException e) when (IsEmpty(e))
        {
            // Creating a table that is there already succeeds.
            await _table.CreateIfNotExistsAsync(cancellationToken);
            return await write();
        }
    }

    bool IsEmpty(RequestFailedException e) => !isMadeAtStart && IsMissing(e);

    static bool IsMissing(RequestFailedException e) => e.ErrorCode == TableErrorCode.TableNotFound;

    // A table that is being dropped, or was just dropped, says nothing of the row.
    static bool IsOfRow(RequestFailedException e) =>
        e.Status is StatusCodes.Status404NotFound or StatusCodes.Status409Conflict
            or StatusCodes.Status412PreconditionFailed
        && e.ErrorCode != TableErrorCode.TableBeingDeleted
        && !IsMissing(e);

    async Task<ETag?> OwnAsync(TableEntity entity, string mark, CancellationToken cancellationToken) =>
        await FindAsync(entity.PartitionKey, entity.RowKey, cancellationToken) is { } row && row.Text(Mark) == mark
            ? row.ETag
            : null;

    async Task<bool> NextAsync(IAsyncEnumerator<TableEntity> rows)
    {
        try
        {
            return await rows.MoveNextAsync();
        }
        catch (RequestFailedException e) when (IsEmpty(e))
        {
            return false;
        }
    }
}

/// <summary>Tells a write from all others, for whoever got no answer.</summary>
internal static class WriteMark
{
    const int Digits = 16;

    public static string Draw() => RandomNumberGenerator.GetHexString(Digits, lowercase: true);
}

/// <summary>
/// Reads the cells of a row, whatever is in them: a later version of the app may have written them before it was rolled
/// back, or somebody by hand.
/// </summary>
internal static class Cells
{
    /// <returns>Null when there is no such cell, or it holds no text.</returns>
    public static string? Text(this TableEntity row, string column) =>
        row.TryGetValue(column, out var value) ? value as string : null;

    /// <returns>Null when there is no such cell, or it holds a value of another type.</returns>
    public static T? Value<T>(this TableEntity row, string column)
        where T : struct => row.TryGetValue(column, out var value) ? value as T? : null;

    /// <returns>What the cell names, or <paramref name="unknown"/>: a number is no name, nor are several.</returns>
    public static T Named<T>(this TableEntity row, string column, T unknown)
        where T : struct, Enum =>
        row.Text(column) is { } text && Enum.TryParse<T>(text, out var value) && Enum.IsDefined(value)
            && value.ToString() == text
            ? value
            : unknown;

    /// <summary>Leaves out cells that are null, so that rows are alike if they say the same.</summary>
    /// <returns>The same row.</returns>
    public static TableEntity WithoutNulls(this TableEntity row)
    {
        foreach (var (column, _) in row.Where(cell => cell.Value is null).ToList())
        {
            row.Remove(column);
        }

        return row;
    }
}
