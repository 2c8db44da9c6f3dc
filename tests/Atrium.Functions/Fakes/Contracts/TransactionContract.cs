using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Fakes.Contracts;

/// <summary>What the app relies on of entity-group transactions: all of their rows are written, or none.</summary>
public abstract class TransactionContract(TableServiceClient service) : IAsyncLifetime
{
    protected const int MaxRows = 100;

    readonly TableClient _table = service.GetTableClient($"Transactions{Guid.NewGuid():n}");

    public async Task InitializeAsync()
    {
        await _table.CreateIfNotExistsAsync();
        await _table.AddEntityAsync(Row("there", "before"));
    }

    public Task DisposeAsync() => service.DeleteTableAsync(_table.Name);

    [Fact]
    public async Task All_rows_are_written_and_each_has_its_version_in_the_answer()
    {
        var there = (await _table.GetEntityAsync<TableEntity>("p", "there")).Value.ETag;
        await _table.AddEntityAsync(Row("old"));

        var answers = (await _table.SubmitTransactionAsync(
        [
            Add("a"),
            new(TableTransactionActionType.UpdateReplace, Row("there"), there),
            new(TableTransactionActionType.Delete, Row("old"), ETag.All),
            Add("b"),
        ])).Value;

        var rows = await RowsAsync();
        Assert.Equal(["a", "b", "there"], rows.Select(row => row.RowKey));
        Assert.Equal(
            [answers[0].Headers.ETag, answers[3].Headers.ETag, answers[1].Headers.ETag],
            rows.Select(row => (ETag?)row.ETag));
        Assert.NotEqual(there, rows[2].ETag);
        Assert.Equal("after", rows[2].GetString("Value"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public Task One_row_that_is_there_already_fails_all_and_is_named(int index) =>
        FailsAsync(409, "EntityAlreadyExists", index, Add("there"));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task One_row_that_has_changed_fails_all_and_is_named(int index)
    {
        var stale = (await _table.GetEntityAsync<TableEntity>("p", "there")).Value.ETag;
        await _table.UpdateEntityAsync(Row("there", "before"), ETag.All, TableUpdateMode.Replace);
        await FailsAsync(412, "UpdateConditionNotSatisfied", index,
            new(TableTransactionActionType.UpdateReplace, Row("there"), stale));
        await FailsAsync(412, "UpdateConditionNotSatisfied", index,
            new(TableTransactionActionType.UpdateMerge, Row("there"), stale));
        await FailsAsync(412, "UpdateConditionNotSatisfied", index,
            new(TableTransactionActionType.Delete, Row("there"), stale));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task One_row_that_is_not_there_fails_all_and_is_named(int index)
    {
        await FailsAsync(404, "ResourceNotFound", index,
            new(TableTransactionActionType.UpdateReplace, Row("gone"), ETag.All));
        await FailsAsync(404, "ResourceNotFound", index, new(TableTransactionActionType.Delete, Row("gone"), ETag.All));
    }

    [Fact]
    public async Task There_may_be_a_hundred_rows()
    {
        await _table.SubmitTransactionAsync(Enumerable.Range(0, MaxRows).Select(number => Add($"n{number:D3}")));
        Assert.Equal(MaxRows + 1, (await RowsAsync()).Count);
    }

    [Fact]
    public Task No_row_comes_twice() => IsRefusedAsync("InvalidDuplicateRow", [Add("a"), Add("b"), Add("a")]);

    protected static TableTransactionAction Add(string key) => new(TableTransactionActionType.Add, Row(key));

    protected async Task IsRefusedAsync(string code, IEnumerable<TableTransactionAction> actions)
    {
        await Refused.AsAsync(400, code, () => _table.SubmitTransactionAsync(actions));
        Assert.Single(await RowsAsync());
    }

    async Task FailsAsync(int status, string code, int index, TableTransactionAction bad)
    {
        var actions = Enumerable.Range(0, 9).Select(number => Add($"{number}")).ToList();
        actions[index] = bad;
        var refused =
            await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(actions));
        Assert.Equal((status, code, index), (refused.Status, refused.ErrorCode, refused.FailedTransactionActionIndex));
        Assert.Equal("before", Assert.Single(await RowsAsync()).GetString("Value"));
    }

    async Task<List<TableEntity>> RowsAsync() =>
        await _table.QueryAsync<TableEntity>("PartitionKey ge ''").ToListAsync();

    static TableEntity Row(string key, string value = "after") => new("p", key) { ["Value"] = value };
}

/// <summary>
/// With what Azurite does otherwise than the service: it writes over two partitions, and its answer to 101 rows is none
/// (https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions).
/// </summary>
public sealed class FakeTransactionContractTests() : TransactionContract(new FakeTables())
{
    [Fact]
    public Task More_than_a_hundred_rows_are_refused() =>
        IsRefusedAsync("InvalidInput", Enumerable.Range(0, MaxRows + 1).Select(number => Add($"{number}")));

    [Fact]
    public Task Rows_of_two_partitions_are_refused() => IsRefusedAsync(
        "CommandsInBatchActOnDifferentPartitions",
        [Add("a"), new(TableTransactionActionType.Add, new TableEntity("q", "a"))]);
}

[Collection(SharedAzurite.Name)]
public sealed class AzuriteTransactionContractTests(RunningAzurite azurite) : TransactionContract(azurite.Client);
