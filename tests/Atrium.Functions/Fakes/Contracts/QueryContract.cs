using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Fakes.Contracts;

/// <summary>What the app relies on of queries: the filters that it makes, the order of rows, and pages.</summary>
public abstract class QueryContract(TableServiceClient service) : IAsyncLifetime
{
    static readonly DateTimeOffset Noon = new(2026, 4, 15, 12, 0, 0, TimeSpan.Zero);

    readonly TableClient _table = service.GetTableClient($"Queries{Guid.NewGuid():n}");

    // Not in their order.
    static readonly (string Partition, string Row)[] Keys =
    [
        ("q", "a"), ("p", "b"), ("p", "B"), ("p", "a|1"), ("p", "a~"), ("p", "a"), ("p", "é"), ("p", "a|"), ("P", "z"),
        ("it's", "a"), ("p", "a_1"), ("p", "z`"),
    ];

    public async Task InitializeAsync()
    {
        await _table.CreateIfNotExistsAsync();
        foreach (var (partition, row) in Keys)
        {
            await _table.AddEntityAsync(new TableEntity(partition, row));
        }
    }

    public Task DisposeAsync() => service.DeleteTableAsync(_table.Name);

    [Fact]
    public async Task Rows_come_in_the_order_of_their_keys_by_code_units()
    {
        var expected =
            Keys.OrderBy(key => key.Partition, StringComparer.Ordinal).ThenBy(key => key.Row, StringComparer.Ordinal);
        Assert.Equal(expected.Select(key => $"{key.Partition} {key.Row}"), await FindAsync($"PartitionKey ge {""}"));
    }

    [Fact]
    public async Task A_range_of_keys_has_its_ends_as_the_filter_says()
    {
        Assert.Equal(
            ["p a", "p a_1", "p a|", "p a|1"],
            await FindAsync($"PartitionKey eq {"p"} and RowKey ge {"a"} and RowKey lt {"a~"}"));
        Assert.Equal(
            ["p a_1", "p a|", "p a|1"],
            await FindAsync($"PartitionKey eq {"p"} and RowKey gt {"a"} and RowKey lt {"a~"}"));
        Assert.Equal(
            ["p a", "p a_1", "p a|", "p a|1", "p a~"],
            await FindAsync($"PartitionKey eq {"p"} and RowKey ge {"a"} and RowKey le {"a~"}"));
    }

    [Fact]
    public async Task A_range_of_rows_goes_over_all_partitions() =>
        Assert.Equal(["it's a", "p a", "q a"], await FindAsync($"RowKey ge {"a"} and RowKey lt {"a_"}"));

    [Fact]
    public async Task A_quote_in_a_value_is_a_part_of_it() =>
        Assert.Equal(["it's a"], await FindAsync($"PartitionKey eq {"it's"}"));

    [Fact]
    public async Task Texts_times_and_numbers_are_compared_and_a_row_without_the_column_is_not_taken()
    {
        await _table.AddEntityAsync(new TableEntity("c", "1") { ["State"] = "Running", ["At"] = Noon });
        await _table.AddEntityAsync(new TableEntity("c", "5") { ["Status"] = 404 });
        await _table.AddEntityAsync(new TableEntity("c", "6") { ["Status"] = 503 });
        await _table.AddEntityAsync(new TableEntity("c", "2") { ["State"] = "Failed", ["At"] = Noon.AddSeconds(1) });
        await _table.AddEntityAsync(new TableEntity("c", "3") { ["State"] = "Stopped" });
        await _table.AddEntityAsync(new TableEntity("c", "4") { ["At"] = Noon.AddDays(-1) });

        Assert.Equal(["c 2"], await FindAsync($"PartitionKey eq {"c"} and State eq {"Failed"}"));
        Assert.Equal(
            ["c 1"],
            await FindAsync($"PartitionKey eq {"c"} and State ne {"Failed"} and State ne {"Stopped"}"));
        Assert.Equal(["c 5"], await FindAsync($"PartitionKey eq {"c"} and Status eq {404}"));
        Assert.Equal(["c 1", "c 4"], await FindAsync($"PartitionKey eq {"c"} and At le {Noon}"));
        Assert.Equal(
            ["c 4"],
            await FindAsync($"PartitionKey eq {"c"} and At lt {Noon.ToOffset(TimeSpan.FromHours(5))}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public async Task A_page_has_so_many_rows_at_most_and_all_come_in_their_order(int size)
    {
        var pages =
            await _table.QueryAsync<TableEntity>("PartitionKey eq 'p'", maxPerPage: size).AsPages().ToListAsync();
        Assert.All(pages, page => Assert.InRange(page.Values.Count, 0, size));
        Assert.Equal(
            Keys.Where(key => key.Partition == "p").Select(key => key.Row).Order(StringComparer.Ordinal),
            pages.SelectMany(page => page.Values).Select(row => row.RowKey));
    }

    [Fact]
    public async Task Rows_come_with_their_versions() => Assert.All(
        await _table.QueryAsync<TableEntity>("PartitionKey eq 'p'").ToListAsync(),
        row => Assert.NotEqual(default, row.ETag));

    async Task<List<string>> FindAsync(FormattableString filter) =>
        await _table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter(filter))
            .Select(row => $"{row.PartitionKey} {row.RowKey}")
            .ToListAsync();
}

public sealed class FakeQueryContractTests() : QueryContract(new FakeTables());

[Collection(SharedAzurite.Name)]
public sealed class AzuriteQueryContractTests(RunningAzurite azurite) : QueryContract(azurite.Client);
