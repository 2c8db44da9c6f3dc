using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>The rows of a <see cref="FakeTable"/>, which guards them: in the order of their keys, with versions, changed one by one or in a transaction.</summary>
sealed class FakeRows
{
    const int MaxRowsInTransaction = 100;

    readonly SortedDictionary<(string Partition, string Row), TableEntity> _rows = new(new KeyOrder());
    int _versions;

    public IEnumerable<TableEntity> All => _rows.Values;

    public TableEntity? Find(string partitionKey, string rowKey) => _rows.GetValueOrDefault((partitionKey, rowKey));

    public void Add(ITableEntity entity)
    {
        if (!_rows.TryAdd((entity.PartitionKey, entity.RowKey), NewVersion(entity)))
        {
            throw Outages.Conflict();
        }
    }

    public TableEntity Replace(ITableEntity entity, ETag ifMatch, TableUpdateMode mode)
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

    public void Remove(string partitionKey, string rowKey, ETag ifMatch)
    {
        if (Find(partitionKey, rowKey) is { } row)
        {
            RequireVersion(row, ifMatch);
            _rows.Remove((partitionKey, rowKey));
        }
    }

    public void Execute(List<TableTransactionAction> actions)
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

    public static TableEntity Copy(TableEntity entity) => new(entity) { ETag = entity.ETag };

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

    TableEntity NewVersion(ITableEntity entity) => new((TableEntity)entity) { ETag = new ETag($"W/\"datetime'{++_versions}'\"") };

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

    // The client reads the index of the row that failed from where its own pipeline puts it.
    static TableTransactionFailedException TransactionFailed(RequestFailedException failure, int index)
    {
        failure.Data["FailedEntity"] = index.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new TableTransactionFailedException(failure);
    }

    sealed class KeyOrder : IComparer<(string Partition, string Row)>
    {
        public int Compare((string Partition, string Row) x, (string Partition, string Row) y) =>
            string.CompareOrdinal(x.Partition, y.Partition) is not 0 and var order ? order : string.CompareOrdinal(x.Row, y.Row);
    }
}
