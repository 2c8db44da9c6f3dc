using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Fakes.Contracts;

/// <summary>What the app relies on of single rows in Table Storage, whoever stands in for it.</summary>
public abstract class RowContract(TableServiceClient service) : IAsyncLifetime
{
    const string Partition = "p";

    readonly TableClient _table = service.GetTableClient($"Rows{Guid.NewGuid():n}");

    public async Task InitializeAsync() => await _table.CreateIfNotExistsAsync();

    public Task DisposeAsync() => service.DeleteTableAsync(_table.Name);

    [Fact]
    public async Task What_is_written_is_read_with_its_types()
    {
        var time = new DateTimeOffset(2026, 4, 15, 9, 30, 0, TimeSpan.FromHours(2)).AddTicks(1_234_567);
        Dictionary<string, object> values = new()
        {
            ["Text"] = "Zoë’s \"naïve\" 🙂\t\n",
            ["Empty"] = "",
            ["Int"] = int.MinValue,
            ["Long"] = long.MaxValue,
            ["SmallLong"] = 1L,
            ["Double"] = 0.1,
            ["WholeDouble"] = 3.0,
            ["LargeDouble"] = double.MaxValue,
            ["True"] = true,
            ["False"] = false,
            ["Time"] = time,
        };
        var row = Row("r");
        foreach (var (name, value) in values)
        {
            row[name] = value;
        }

        await _table.AddEntityAsync(row);

        var read = await GetAsync("r");
        Assert.All(values, value => Assert.Equal(value.Value, read[value.Key]));
        Assert.All(values, value => Assert.IsType(value.Value.GetType(), read[value.Key]));
        Assert.Equal(TimeSpan.Zero, read.GetDateTimeOffset("Time")!.Value.Offset);
        Assert.Equal(("p", "r"), (read.PartitionKey, read.RowKey));
    }

    [Fact]
    public async Task A_column_without_a_value_is_not_kept()
    {
        await _table.AddEntityAsync(Row("r", ("Kept", 1), ("None", null)));
        await _table.UpdateEntityAsync(Row("r", ("Kept", null), ("More", 2)), ETag.All, TableUpdateMode.Merge);
        Assert.Equal(["Kept", "More"], Columns(await GetAsync("r")));

        await _table.UpdateEntityAsync(Row("r", ("Kept", null), ("More", 2)), ETag.All, TableUpdateMode.Replace);
        Assert.Equal(["More"], Columns(await GetAsync("r")));
    }

    [Fact]
    public async Task A_row_that_is_there_is_not_added_again()
    {
        await _table.AddEntityAsync(Row("r", ("Value", 1)));
        await Refused.AsAsync(409, "EntityAlreadyExists", () => _table.AddEntityAsync(Row("r", ("Value", 2))));
        Assert.Equal(1, (await GetAsync("r")).GetInt32("Value"));
    }

    [Fact]
    public async Task Each_write_answers_with_the_rows_new_version()
    {
        var added = (await _table.AddEntityAsync(Row("r"))).Headers.ETag;
        Assert.Equal((await GetAsync("r")).ETag, added);
        var replaced = (await _table.UpdateEntityAsync(Row("r"), added!.Value, TableUpdateMode.Replace)).Headers.ETag;
        Assert.Equal((await GetAsync("r")).ETag, replaced);
        var merged = (await _table.UpdateEntityAsync(Row("r"), ETag.All, TableUpdateMode.Merge)).Headers.ETag;
        Assert.Equal((await GetAsync("r")).ETag, merged);
        Assert.Equal(3, new[] { added, replaced, merged }.Distinct().Count());
    }

    [Theory]
    [InlineData(TableUpdateMode.Merge)]
    [InlineData(TableUpdateMode.Replace)]
    public async Task A_row_that_has_changed_since_it_was_read_is_not_updated(TableUpdateMode mode)
    {
        await _table.AddEntityAsync(Row("r", ("Value", 1)));
        var stale = (await GetAsync("r")).ETag;
        await _table.UpdateEntityAsync(Row("r", ("Value", 2)), stale, mode);

        await Refused.AsAsync(
            412, "UpdateConditionNotSatisfied", () => _table.UpdateEntityAsync(Row("r", ("Value", 3)), stale, mode));
        Assert.Equal(2, (await GetAsync("r")).GetInt32("Value"));
    }

    [Theory]
    [InlineData(TableUpdateMode.Merge)]
    [InlineData(TableUpdateMode.Replace)]
    public async Task A_row_that_is_not_there_is_not_updated(TableUpdateMode mode)
    {
        await _table.AddEntityAsync(Row("gone"));
        var stale = (await GetAsync("gone")).ETag;
        await _table.DeleteEntityAsync(Partition, "gone");
        await Refused.AsAsync(404, "ResourceNotFound", () => _table.UpdateEntityAsync(Row("gone"), stale, mode));
        await Refused.AsAsync(404, "ResourceNotFound", () => _table.UpdateEntityAsync(Row("gone"), ETag.All, mode));
        Assert.False((await _table.GetEntityIfExistsAsync<TableEntity>(Partition, "gone")).HasValue);
    }

    [Fact]
    public async Task An_update_says_which_version_it_means()
    {
        await _table.AddEntityAsync(Row("r"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _table.UpdateEntityAsync(Row("r"), default));
    }

    [Fact]
    public async Task Merging_keeps_the_other_columns_and_replacing_drops_them()
    {
        await _table.AddEntityAsync(Row("r", ("A", 1), ("B", 1)));
        await _table.UpdateEntityAsync(Row("r", ("B", 2), ("C", 2)), ETag.All, TableUpdateMode.Merge);
        var merged = await GetAsync("r");
        Assert.Equal((1, 2, 2), (merged.GetInt32("A"), merged.GetInt32("B"), merged.GetInt32("C")));

        await _table.UpdateEntityAsync(Row("r", ("B", 3)), ETag.All, TableUpdateMode.Replace);
        Assert.Equal(["B"], Columns(await GetAsync("r")));
    }

    [Fact]
    public async Task A_row_is_removed_in_the_version_that_is_named_and_once_it_is_gone_that_is_no_failure()
    {
        await _table.AddEntityAsync(Row("r"));
        var stale = (await GetAsync("r")).ETag;
        await _table.UpdateEntityAsync(Row("r"), ETag.All);
        await Refused.AsAsync(
            412, "UpdateConditionNotSatisfied", () => _table.DeleteEntityAsync(Partition, "r", stale));
        var version = (await GetAsync("r")).ETag;

        await _table.DeleteEntityAsync(Partition, "r", version);
        Assert.Equal(404, (await _table.DeleteEntityAsync(Partition, "r", version)).Status);
        Assert.Equal(404, (await _table.DeleteEntityAsync(Partition, "r", ETag.All)).Status);
        Assert.False((await _table.GetEntityIfExistsAsync<TableEntity>(Partition, "r")).HasValue);
    }

    [Fact]
    public async Task A_row_of_any_version_is_removed_when_none_is_named()
    {
        await _table.AddEntityAsync(Row("r"));
        await _table.DeleteEntityAsync(Partition, "r");
        Assert.False((await _table.GetEntityIfExistsAsync<TableEntity>(Partition, "r")).HasValue);
    }

    [Fact]
    public async Task A_row_that_is_not_there_is_not_found()
    {
        await _table.AddEntityAsync(Row("r"));
        await Refused.AsAsync(404, "ResourceNotFound", () => _table.GetEntityAsync<TableEntity>(Partition, "R"));
        await Refused.AsAsync(404, "ResourceNotFound", () => _table.GetEntityAsync<TableEntity>("P", "r"));
        Assert.False((await _table.GetEntityIfExistsAsync<TableEntity>(Partition, "other")).HasValue);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\tb")]
    [InlineData("a\u007fb")]
    [InlineData("a\u009fb")]
    public async Task Keys_with_characters_that_are_not_allowed_are_refused(string key)
    {
        Assert.Equal(400, (await Refused.ByAsync(() => _table.AddEntityAsync(Row(key)))).Status);
        Assert.Equal(400, (await Refused.ByAsync(() => _table.AddEntityAsync(new TableEntity(key, "r")))).Status);
        Assert.Equal(400, (await Refused.ByAsync(() => _table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.Add, Row("first")),
            new(TableTransactionActionType.Add, Row(key)),
        ]))).Status);
        Assert.Empty(await _table.QueryAsync<TableEntity>("PartitionKey ge ''").ToListAsync());
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("a b")]
    [InlineData("100%25")]
    [InlineData("a+b&c=d")]
    [InlineData("job_|~`@")]
    [InlineData("Zoë🙂")]
    public async Task Keys_that_an_address_has_to_escape_are_keys_like_others(string key)
    {
        await _table.AddEntityAsync(new TableEntity(key, key));
        await _table.UpdateEntityAsync(new TableEntity(key, key) { ["Value"] = 1 }, ETag.All);
        Assert.Equal(1, (await _table.GetEntityAsync<TableEntity>(key, key)).Value.GetInt32("Value"));
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {key} and RowKey eq {key}");
        Assert.Single(await _table.QueryAsync<TableEntity>(filter).ToListAsync());
        Assert.Equal(204, (await _table.DeleteEntityAsync(key, key)).Status);
    }

    [Fact]
    public async Task A_text_is_at_most_32_Ki_characters_long()
    {
        await _table.AddEntityAsync(Row("r", ("Text", new string('x', 32 * 1024))));
        var refused =
            await Refused.ByAsync(() => _table.AddEntityAsync(Row("s", ("Text", new string('x', 32 * 1024 + 1)))));
        Assert.Equal((400, "PropertyValueTooLarge"), (refused.Status, refused.ErrorCode));
    }

    [Fact]
    public async Task What_is_cancelled_before_it_is_sent_has_no_effect()
    {
        await _table.AddEntityAsync(Row("r", ("Value", 1)));
        var gone = new CancellationToken(canceled: true);
        await CancelledAsync(() => _table.AddEntityAsync(Row("s"), gone));
        await CancelledAsync(() =>
            _table.UpdateEntityAsync(Row("r", ("Value", 2)), ETag.All, TableUpdateMode.Merge, gone));
        await CancelledAsync(() => _table.DeleteEntityAsync(Partition, "r", ETag.All, gone));
        await CancelledAsync(() => _table.GetEntityAsync<TableEntity>(Partition, "r", cancellationToken: gone));
        await CancelledAsync(() => _table.GetEntityIfExistsAsync<TableEntity>(Partition, "r", cancellationToken: gone));
        await CancelledAsync(() =>
            _table.SubmitTransactionAsync([new(TableTransactionActionType.Add, Row("t"))], gone));
        await CancelledAsync(() => _table.CreateIfNotExistsAsync(gone));
        await CancelledAsync(async () =>
            await _table.QueryAsync<TableEntity>("PartitionKey ge ''", cancellationToken: gone).ToListAsync(default));

        var left = Assert.Single(await _table.QueryAsync<TableEntity>("PartitionKey ge ''").ToListAsync());
        Assert.Equal(1, left.GetInt32("Value"));
    }

    static async Task CancelledAsync(Func<Task> call) => await Assert.ThrowsAnyAsync<OperationCanceledException>(call);

    async Task<TableEntity> GetAsync(string key) => (await _table.GetEntityAsync<TableEntity>(Partition, key)).Value;

    static TableEntity Row(string key, params ReadOnlySpan<(string Name, object? Value)> columns)
    {
        var row = new TableEntity(Partition, key);
        foreach (var (name, value) in columns)
        {
            row[name] = value;
        }

        return row;
    }

    static IEnumerable<string> Columns(TableEntity row) =>
        row.Keys.Where(name => name is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")).Order();
}

public sealed class FakeRowContractTests() : RowContract(new FakeTables());

[Collection(SharedAzurite.Name)]
public sealed class AzuriteRowContractTests(RunningAzurite azurite) : RowContract(azurite.Client);
