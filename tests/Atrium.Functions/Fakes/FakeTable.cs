using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Moq;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>One table of <see cref="FakeTables"/>.</summary>
sealed class FakeTable(FakeTables service, string name) : TableClient
{
    const int MaxRowsInTransaction = 100;

    static readonly Response NoContent = Mock.Of<Response>(response => response.Status == 204);

    readonly Lock _gate = new();
    readonly SortedDictionary<(string Partition, string Row), TableEntity> _rows = new(new KeyOrder());

    public override string Name => name;

    public bool Exists { get; set; }

    /// <summary>How many rows each transaction had that was sent, whether it succeeded or not.</summary>
    public List<int> Transactions { get; } = [];

    public IReadOnlyList<TableEntity> Rows
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows.Values.Select(Copy)];
            }
        }
    }

    public override async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        await service.EnterAsync("create", name);
        Exists = true;
        return Response.FromValue(new TableItem(name), NoContent);
    }

    public override async Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
    {
        await service.EnterAsync("add", name);
        lock (_gate)
        {
            RequireTable();
            return _rows.TryAdd((entity.PartitionKey, entity.RowKey), Copy(entity)) ? NoContent : throw Outages.Conflict();
        }
    }

    public override async Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        await service.EnterAsync("delete", name);
        lock (_gate)
        {
            _rows.Remove((partitionKey, rowKey));
            return NoContent;
        }
    }

    public override async Task<Response<T>> GetEntityAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        await service.EnterAsync("get", name);
        lock (_gate)
        {
            return Exists && _rows.TryGetValue((partitionKey, rowKey), out var row)
                ? Response.FromValue((T)(object)Copy(row), NoContent)
                : throw Outages.NotFound("ResourceNotFound");
        }
    }

    public override async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await GetEntityAsync<T>(partitionKey, rowKey, select, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return new Nothing<T>();
        }
    }

    public override AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        new RowPages<T>(() => QueryAsync<T>(KeyFilter.Parse(filter!)), cancellationToken);

    public override async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        var actions = transactionActions.ToList();
        lock (_gate)
        {
            Transactions.Add(actions.Count);
        }

        await service.EnterAsync("transaction", name);
        lock (_gate)
        {
            RequireTable();
            Insert(actions);
            return Response.FromValue<IReadOnlyList<Response>>([.. actions.Select(_ => NoContent)], NoContent);
        }
    }

    void Insert(List<TableTransactionAction> actions)
    {
        var keys = actions.Select(action => (action.Entity.PartitionKey, action.Entity.RowKey)).ToList();
        if (actions.Count > MaxRowsInTransaction || keys.Distinct().Count() != keys.Count || keys.DistinctBy(key => key.PartitionKey).Count() > 1)
        {
            throw new RequestFailedException(400, "No valid transaction.", "InvalidInput", null);
        }

        if (keys.FindIndex(_rows.ContainsKey) is >= 0 and var taken)
        {
            throw TransactionFailed(taken);
        }

        actions.ForEach(action => _rows.Add((action.Entity.PartitionKey, action.Entity.RowKey), Copy(action.Entity)));
    }

    async Task<List<T>> QueryAsync<T>(KeyFilter filter)
        where T : class, ITableEntity
    {
        await service.EnterAsync("query", name);
        lock (_gate)
        {
            RequireTable();
            return [.. _rows.Where(row => filter.Takes(row.Key.Partition, row.Key.Row)).Select(row => (T)(object)Copy(row.Value))];
        }
    }

    void RequireTable()
    {
        if (!Exists)
        {
            throw Outages.NotFound("TableNotFound");
        }
    }

    // The client reads the index of the row that failed from where its own pipeline puts it.
    static TableTransactionFailedException TransactionFailed(int index)
    {
        var conflict = Outages.Conflict();
        conflict.Data["FailedEntity"] = index.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new TableTransactionFailedException(conflict);
    }

    static TableEntity Copy(ITableEntity entity) => new((TableEntity)entity);

    sealed class Nothing<T> : NullableResponse<T>
    {
        public override bool HasValue => false;
        public override T? Value => default;
        public override Response GetRawResponse() => NoContent;
    }

    sealed class KeyOrder : IComparer<(string Partition, string Row)>
    {
        public int Compare((string Partition, string Row) x, (string Partition, string Row) y) =>
            string.CompareOrdinal(x.Partition, y.Partition) is not 0 and var order ? order : string.CompareOrdinal(x.Row, y.Row);
    }
}
