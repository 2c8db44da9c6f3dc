using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Moq;
using Moq.Protected;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>One table of <see cref="FakeTables"/>.</summary>
sealed class FakeTable(FakeTables service, string name) : TableClient
{
    static readonly Response NoContent = Mock.Of<Response>(response => response.Status == 204);
    static readonly Response NotFound = Mock.Of<Response>(response => response.Status == 404);

    readonly Lock _gate = new();
    FakeRows _rows = new();

    public override string Name => name;

    public bool Exists { get; set; }

    /// <summary>How many rows each transaction had that was sent, whether it succeeded or not.</summary>
    public List<int> Transactions { get; } = [];

    /// <summary>How many queries named no partition, and so went through all of the table.</summary>
    public int Walks { get; private set; }

    /// <summary>How many rows queries gave, in all.</summary>
    public int RowsGiven { get; private set; }

    public IReadOnlyList<TableEntity> Rows
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows.All.Select(FakeRows.Copy)];
            }
        }
    }

    public override async Task<Response<TableItem>> CreateIfNotExistsAsync(
        CancellationToken cancellationToken = default)
    {
        await service.EnterAsync("create", name, cancellationToken);
        Exists = true;
        return Response.FromValue(new TableItem(name), NoContent);
    }

    public override async Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
    {
        await service.EnterAsync("add", name, cancellationToken);
        lock (_gate)
        {
            RequireTable();
            if (service.LosesAnswer("add"))
            {
                _rows.Add(entity);
            }

            _rows.Add(entity);
            return Tagged(_rows.Find(entity.PartitionKey, entity.RowKey)!);
        }
    }

    public override async Task<Response> UpdateEntityAsync<T>(
        T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge,
        CancellationToken cancellationToken = default)
    {
        await service.EnterAsync("update", name, cancellationToken);
        if (service.LosesAnswer("update"))
        {
            lock (_gate)
            {
                _rows.Replace(entity, ifMatch, mode);
            }

            await service.AfterLoss();
        }

        lock (_gate)
        {
            RequireTable();
            return Tagged(_rows.Replace(entity, ifMatch, mode));
        }
    }

    public override async Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        await service.EnterAsync("delete", name, cancellationToken);
        lock (_gate)
        {
            return _rows.Remove(partitionKey, rowKey, ifMatch) ? NoContent : NotFound;
        }
    }

    public override async Task<Response<T>> GetEntityAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null,
        CancellationToken cancellationToken = default)
    {
        await service.EnterAsync("get", name, cancellationToken);
        lock (_gate)
        {
            RequireTable();
            return _rows.Find(partitionKey, rowKey) is { } row
                ? Response.FromValue((T)(object)FakeRows.Copy(row), NoContent)
                : throw Outages.NotFound("ResourceNotFound");
        }
    }

    public override async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null,
        CancellationToken cancellationToken = default)
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

    /// <returns>False when it was not there.</returns>
    public bool Drop()
    {
        lock (_gate)
        {
            var existed = Exists;
            (_rows, Exists) = (new FakeRows(), false);
            return existed;
        }
    }

    /// <summary>How many rows each query asked for at a time.</summary>
    public List<int?> PageSizes { get; } = [];

    public override AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null,
        CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            PageSizes.Add(maxPerPage);
            Walks += filter!.Contains("PartitionKey eq ", StringComparison.Ordinal) ? 0 : 1;
        }

        return new RowPages<T>(token => QueryAsync<T>(KeyFilter.Parse(filter!), token), cancellationToken);
    }

    public override async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        var actions = transactionActions.ToList();
        lock (_gate)
        {
            Transactions.Add(actions.Count);
        }

        await service.EnterAsync("transaction", name, cancellationToken);
        if (service.LosesAnswer("transaction"))
        {
            lock (_gate)
            {
                RequireTable();
                _rows.Execute(actions);
            }

            await service.AfterLoss();
        }

        lock (_gate)
        {
            RequireTable();
            _rows.Execute(actions);
            return Response.FromValue<IReadOnlyList<Response>>(
                [.. actions.Select(
                    action => _rows.Find(action.Entity.PartitionKey, action.Entity.RowKey) is { } row
                    ? Tagged(row)
                    : NoContent)], NoContent);
        }
    }

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

    async Task<List<T>> QueryAsync<T>(KeyFilter filter, CancellationToken cancellationToken)
        where T : class, ITableEntity
    {
        await service.EnterAsync("query", name, cancellationToken);
        lock (_gate)
        {
            RequireTable();
            return [.. _rows.All.Where(filter.Takes).Select(Count).Select(row => (T)(object)FakeRows.Copy(row))];
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

    sealed class Nothing<T> : NullableResponse<T>
    {
        public override bool HasValue => false;
        public override T? Value => default;
        public override Response GetRawResponse() => NoContent;
    }
}
