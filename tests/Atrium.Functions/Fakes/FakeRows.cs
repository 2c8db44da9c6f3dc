using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// The rows of a <see cref="FakeTable"/>, which guards them: in the order of their keys, with versions, changed one by
/// one or in a transaction.
/// </summary>
sealed class FakeRows
{
    const int MaxRowsInTransaction = 100;
    const int MaxTextLength = 32 * 1024;

    readonly SortedDictionary<(string Partition, string Row), TableEntity> _rows = new(new KeyOrder());
    int _versions;

    public IEnumerable<TableEntity> All => _rows.Values;

    public TableEntity? Find(string partitionKey, string rowKey) => _rows.GetValueOrDefault((partitionKey, rowKey));

    public void Add(ITableEntity entity)
    {
        RequireValid(entity);
        if (!_rows.TryAdd((entity.PartitionKey, entity.RowKey), NewVersion(entity)))
        {
            throw Outages.Conflict();
        }
    }

    public TableEntity Replace(ITableEntity entity, ETag ifMatch, TableUpdateMode mode)
    {
        RequireValid(entity);
        if (ifMatch == default)
        {
            throw new ArgumentException("The client takes no change without a version.", nameof(ifMatch));
        }

        var key = (entity.PartitionKey, entity.RowKey);
        var before = _rows.GetValueOrDefault(key) ?? throw Outages.NotFound("ResourceNotFound");
        RequireVersion(before, ifMatch);
        var after = mode == TableUpdateMode.Merge ? Copy(before) : new TableEntity(entity.PartitionKey, entity.RowKey);
        foreach (var (property, value) in Stored(entity))
        {
            // First, since the client converts what takes the place of a value to its type, and the service does not.
            after.Remove(property);
            after[property] = value;
        }

        return _rows[key] = NewVersion(after);
    }

    /// <returns>False when there is no such row.</returns>
    public bool Remove(string partitionKey, string rowKey, ETag ifMatch)
    {
        if (Find(partitionKey, rowKey) is { } row)
        {
            RequireVersion(row, ifMatch);
        }

        return _rows.Remove((partitionKey, rowKey));
    }

    public void Execute(List<TableTransactionAction> actions)
    {
        var keys = actions.Select(action => (action.Entity.PartitionKey, action.Entity.RowKey)).ToList();
        Require(actions.Count <= MaxRowsInTransaction, "InvalidInput");
        Require(keys.Distinct().Count() == keys.Count, "InvalidDuplicateRow");
        Require(keys.DistinctBy(key => key.PartitionKey).Count() == 1, "CommandsInBatchActOnDifferentPartitions");
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
        RequireValid(action.Entity);
        var row = _rows.GetValueOrDefault((action.Entity.PartitionKey, action.Entity.RowKey));
        if (action.ActionType is TableTransactionActionType.UpsertReplace or TableTransactionActionType.UpsertMerge)
        {
            return;
        }

        if (action.ActionType != TableTransactionActionType.Add)
        {
            RequireVersion(row ?? throw Outages.NotFound("ResourceNotFound"), action.ETag);
        }
        else if (row is not null)
        {
            throw Outages.Conflict();
        }
    }

    void Apply(TableTransactionAction action)
    {
        switch (action.ActionType)
        {
            case TableTransactionActionType.Add:
                Add(action.Entity);
                break;
            case TableTransactionActionType.Delete:
                Remove(action.Entity.PartitionKey, action.Entity.RowKey, ETag.All);
                break;
            case TableTransactionActionType.UpdateMerge:
                Replace(action.Entity, ETag.All, TableUpdateMode.Merge);
                break;
            case TableTransactionActionType.UpdateReplace:
                Replace(action.Entity, ETag.All, TableUpdateMode.Replace);
                break;
            case TableTransactionActionType.UpsertMerge
                when _rows.ContainsKey((action.Entity.PartitionKey, action.Entity.RowKey)):
                Replace(action.Entity, ETag.All, TableUpdateMode.Merge);
                break;
            case TableTransactionActionType.UpsertReplace or TableTransactionActionType.UpsertMerge:
                _rows[(action.Entity.PartitionKey, action.Entity.RowKey)] = NewVersion(action.Entity);
                break;
            default:
                throw new NotSupportedException($"The app does no {action.ActionType}.");
        }
    }

    TableEntity NewVersion(ITableEntity entity) =>
        new(Stored(entity)) { ETag = new ETag($"W/\"datetime'{++_versions}'\"") };

    // No column without a value, and times by UTC.
    static Dictionary<string, object> Stored(ITableEntity entity) => ((TableEntity)entity)
        .Where(column => column.Value is not null)
        .ToDictionary(
            column => column.Key,
            column => column.Value is DateTimeOffset time ? time.ToUniversalTime() : column.Value);

    // https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
    static void RequireValid(ITableEntity entity)
    {
        var keys = entity.PartitionKey + entity.RowKey;
        Require(!keys.Any(one => one is '/' or '\\' or '#' or '?' || char.IsControl(one)), "OutOfRangeInput");
        var isTooLong = ((TableEntity)entity).Any(column => column.Value is string { Length: > MaxTextLength });
        Require(!isTooLong, "PropertyValueTooLarge");
    }

    static void Require(bool isSo, string code)
    {
        if (!isSo)
        {
            throw new RequestFailedException(400, "It is not valid.", code, null);
        }
    }

    // None is any, as the client has it for what it removes.
    static void RequireVersion(TableEntity row, ETag ifMatch)
    {
        if (ifMatch != default && ifMatch != ETag.All && ifMatch != row.ETag)
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
            string.CompareOrdinal(x.Partition, y.Partition) is not 0 and var order
                ? order
                : string.CompareOrdinal(x.Row, y.Row);
    }
}
