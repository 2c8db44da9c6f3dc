using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Moq;
using Moq.Protected;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>One table of <see cref="FakeTables"/>.</summary>
sealed class FakeTable(FakeTables service, string name) : TableClient
{
    const int MaxRowsInTransaction = 100;

    static readonly Response NoContent = Mock.Of<Response>(response => response.Status == 204);

    readonly Lock _gate = new();
    readonly SortedDictionary<(string Partition, string Row), TableEntity> _rows = new(new KeyOrder());
    int _versions;

    public override string Name => name;

    public bool Exists { get; set; }

    /// <summary>How many rows each transaction had that was sent, whether it succeeded or not.</summary>
    public List<int> Transactions { get; } = [];

    /// <summary>How many rows queries gave, in all.</summary>
    public int RowsGiven { get; private set; }

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
            return _rows.TryAdd((entity.PartitionKey, entity.RowKey), NewVersion(entity)) ? NoContent : throw Outages.Conflict();
        }
    }

    public override async Task<Response> UpdateEntityAsync<T>(
        T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
    {
        await service.EnterAsync("update", name);
        if (service.LosesAnswer("update"))
        {
            lock (_gate)
            {
                Replace(entity, ifMatch, mode);
            }

            await service.AfterLoss();
        }

        lock (_gate)
        {
            RequireTable();
            return Tagged(Replace(entity, ifMatch, mode));
        }
    }

    public override async Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        await service.EnterAsync("delete", name);
        lock (_gate)
        {
            if (_rows.TryGetValue((partitionKey, rowKey), out var row))
            {
                RequireVersion(row, ifMatch);
                _rows.Remove((partitionKey, rowKey));
            }

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
            if (service.LosesAnswer("transaction"))
            {
                Execute(actions);
            }

            Execute(actions);
            return Response.FromValue<IReadOnlyList<Response>>(
                [.. actions.Select(action => _rows.TryGetValue((action.Entity.PartitionKey, action.Entity.RowKey), out var row) ? Tagged(row) : NoContent)], NoContent);
        }
    }

    void Execute(List<TableTransactionAction> actions)
    {
        var keys = actions.Select(action => (action.Entity.PartitionKey, action.Entity.RowKey)).ToList();
        if (actions.Count > MaxRowsInTransaction || keys.Distinct().Count() != keys.Count || keys.DistinctBy(key => key.PartitionKey).Count() > 1)
        {
            throw new RequestFailedException(400, "No valid transaction.", "InvalidInput", null);
        }

        for (var index = 0; index < actions.Count; index++)
        {
            try
            {
                Try(actions[index]);
            }
            catch (RequestFailedException e)
            {
                throw TransactionFailed(e, index);
            }
        }

        actions.ForEach(Apply);
    }

    void Try(TableTransactionAction action)
    {
        var row = _rows.GetValueOrDefault((action.Entity.PartitionKey, action.Entity.RowKey));
        switch (action.ActionType)
        {
            case TableTransactionActionType.Add when row is not null:
                throw Outages.Conflict();
            case TableTransactionActionType.UpdateReplace or TableTransactionActionType.UpdateMerge or TableTransactionActionType.Delete:
                RequireVersion(row ?? throw Outages.NotFound("ResourceNotFound"), action.ETag);
                break;
        }
    }

    void Apply(TableTransactionAction action)
    {
        var key = (action.Entity.PartitionKey, action.Entity.RowKey);
        switch (action.ActionType)
        {
            case TableTransactionActionType.Delete:
                _rows.Remove(key);
                break;
            case TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpsertMerge when _rows.ContainsKey(key):
                Replace(action.Entity, ETag.All, TableUpdateMode.Merge);
                break;
            default:
                _rows[key] = NewVersion(action.Entity);
                break;
        }
    }

    TableEntity Replace(ITableEntity entity, ETag ifMatch, TableUpdateMode mode)
    {
        var key = (entity.PartitionKey, entity.RowKey);
        var before = _rows.GetValueOrDefault(key) ?? throw Outages.NotFound("ResourceNotFound");
        RequireVersion(before, ifMatch);
        var after = mode == TableUpdateMode.Merge ? Copy(before) : new TableEntity(entity.PartitionKey, entity.RowKey);
        foreach (var (property, value) in (TableEntity)entity)
        {
            after[property] = value;
        }

        return _rows[key] = NewVersion(after);
    }

    static void RequireVersion(TableEntity row, ETag ifMatch)
    {
        if (ifMatch == default)
        {
            throw new ArgumentException("The client takes no change without a version.", nameof(ifMatch));
        }

        if (ifMatch != ETag.All && ifMatch != row.ETag)
        {
            throw Outages.PreconditionFailed();
        }
    }

    TableEntity NewVersion(ITableEntity entity) => new((TableEntity)entity) { ETag = new ETag($"W/\"datetime'{++_versions}'\"") };

    static Response Tagged(TableEntity row)
    {
        var response = new Mock<Response> { CallBase = true };
        response.Setup(answer => answer.Status).Returns(204);
        string? tag = row.ETag.ToString();
        response.Protected().Setup<bool>("TryGetHeader", "ETag", ItExpr.Ref<string?>.IsAny)
            .Returns(new TryGetHeader((string _, out string? value) => (value = tag) is not null));
        return response.Object;
    }

    delegate bool TryGetHeader(string name, out string? value);

    async Task<List<T>> QueryAsync<T>(KeyFilter filter)
        where T : class, ITableEntity
    {
        await service.EnterAsync("query", name);
        lock (_gate)
        {
            RequireTable();
            return [.. _rows.Values.Where(filter.Takes).Select(Count).Select(row => (T)(object)Copy(row))];
        }
    }

    TableEntity Count(TableEntity row)
    {
        RowsGiven++;
        return row;
    }

    void RequireTable()
    {
        if (!Exists)
        {
            throw Outages.NotFound("TableNotFound");
        }
    }

    // The client reads the index of the row that failed from where its own pipeline puts it.
    static TableTransactionFailedException TransactionFailed(RequestFailedException failure, int index)
    {
        failure.Data["FailedEntity"] = index.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new TableTransactionFailedException(failure);
    }

    static TableEntity Copy(TableEntity entity) => new(entity) { ETag = entity.ETag };

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
