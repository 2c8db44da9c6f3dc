using Atrium.JavaScript;
using Atrium.Local.Emulators.Azurite;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Local.Emulators.Tests.Azurite;

/// <summary>What queries find that read only a part of the table.</summary>
public sealed class PartitionTests : IDisposable
{
    const int Seed = 20261129;

    // Some are numbers and some are nearly, which Azurite's own index does not put into one order.
    static readonly string[] Keys =
        ["", "1a", "2", "10", "010", "A", "a", "a|", "a|~", "it's", "ü", "\uffff", "\U0001f600"];

    readonly StateFolder data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task A_query_finds_what_its_filter_says_whichever_part_of_the_table_it_reads()
    {
        await using var emulator = await RunningAzurite.StartAsync(data);
        var table = RunningAzurite.Table(emulator.ConnectionString);
        await table.CreateIfNotExistsAsync();
        var rows = new HashSet<(string Partition, string Row)>();
        var random = new Random(Seed);
        for (var turn = 0; turn < 400; turn++)
        {
            var row = (Partition: AnyKey(), Row: AnyKey());
            var entity = new TableEntity(row.Partition, row.Row);
            switch (random.Next(5))
            {
                case 0 when rows.Remove(row):
                    await table.DeleteEntityAsync(row.Partition, row.Row);
                    break;
                case 1:
                    await table.UpsertEntityAsync(entity, TableUpdateMode.Merge);
                    rows.Add(row);
                    break;
                case 2 or 0:
                    await table.UpsertEntityAsync(entity, TableUpdateMode.Replace);
                    rows.Add(row);
                    break;
                case 3:
                    var (one, other) = (AnyKey(), AnyKey());
                    await ChangeTogetherAsync(row.Partition, one, other);
                    break;
                case 4:
                    await AssertFindsAsync(AnyFilter());
                    break;
            }
        }

        foreach (var partition in Keys)
        {
            await AssertFindsAsync((Quoted("PartitionKey", "eq", partition), row => row.Partition == partition));
        }

        // Two rows in one transaction, or neither.
        async Task ChangeTogetherAsync(string partition, string one, string other)
        {
            try
            {
                await table.SubmitTransactionAsync(
                [
                    new(TableTransactionActionType.UpsertReplace, new TableEntity(partition, one)),
                    new(TableTransactionActionType.Delete, new TableEntity(partition, other), ETag.All),
                ]);
                rows.Add((partition, one));
                rows.Remove((partition, other));
            }
            catch (RequestFailedException)
            {
                Assert.True(one == other || !rows.Contains((partition, other)));
            }
        }

        string AnyKey() => Keys[random.Next(Keys.Length)];

        (string Text, Func<(string Partition, string Row), bool> Matches) AnyFilter()
        {
            var (partition, from, to) = (AnyKey(), AnyKey(), AnyKey());
            var isOfPartition = Quoted("PartitionKey", "eq", partition);
            var range = $"{Quoted("RowKey", "gt", from)} and {Quoted("RowKey", "le", to)}";
            return random.Next(7) switch
            {
                0 => ($"{isOfPartition} and {Quoted("RowKey", "ge", from)} and {Quoted("RowKey", "lt", to)}",
                    row => row.Partition == partition && !Below(row.Row, from) && Below(row.Row, to)),
                1 => ($"({range}) and ({isOfPartition})",
                    row => row.Partition == partition && Below(from, row.Row) && !Below(to, row.Row)),
                2 => ($"{isOfPartition} and {Quoted("RowKey", "eq", from)}",
                    row => row == (partition, from)),
                3 => ($"{isOfPartition} or {Quoted("RowKey", "eq", from)}",
                    row => row.Partition == partition || row.Row == from),
                4 => ($"not ({isOfPartition}) and {range}",
                    row => row.Partition != partition && Below(from, row.Row) && !Below(to, row.Row)),
                5 => ($"{isOfPartition} and ({Quoted("RowKey", "lt", from)} or {Quoted("RowKey", "gt", to)})",
                    row => row.Partition == partition && (Below(row.Row, from) || Below(to, row.Row))),
                _ => (isOfPartition, row => row.Partition == partition),
            };
        }

        async Task AssertFindsAsync((string Text, Func<(string Partition, string Row), bool> Matches) filter)
        {
            var found = await table.QueryAsync<TableEntity>(filter.Text, maxPerPage: random.Next(1, 5))
                .Select(row => (row.PartitionKey, row.RowKey)).ToListAsync();
            var expected = rows.Where(filter.Matches)
                .OrderBy(row => row.Partition, StringComparer.Ordinal).ThenBy(row => row.Row, StringComparer.Ordinal);
            Assert.True(expected.SequenceEqual(found), $"{filter.Text}: {string.Join(", ", found)}");
        }
    }

    [Fact]
    public async Task A_query_that_names_a_partition_reads_no_row_that_its_keys_rule_out()
    {
        var output = await NodeScript.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "Azurite", "partitions.test.cjs"),
            [Path.Combine(AzuriteInstallation.Source, "partitions.js"), await InstalledAzurite.FolderAsync()]);

        Assert.Equal("all held", output.Trim());
    }

    [Fact]
    public async Task A_table_that_was_made_again_is_empty()
    {
        await using var emulator = await RunningAzurite.StartAsync(data);
        var table = RunningAzurite.Table(emulator.ConnectionString);
        await RunningAzurite.AddAsync(table, "before");
        Assert.Single(await OfDefaultAsync());
        await table.DeleteAsync();
        await RunningAzurite.AddAsync(table, "after");

        Assert.Equal(["after"], await OfDefaultAsync());

        Task<List<string>> OfDefaultAsync() => table.QueryAsync<TableEntity>("PartitionKey eq 'default'")
            .Select(row => row.RowKey).ToListAsync().AsTask();
    }

    [Fact]
    public async Task A_filter_that_is_none_is_refused_as_before()
    {
        await using var emulator = await RunningAzurite.StartAsync(data);
        var table = RunningAzurite.Table(emulator.ConnectionString);
        await table.CreateIfNotExistsAsync();

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(
            () => table.QueryAsync<TableEntity>("PartitionKey eq and").ToListAsync().AsTask());

        Assert.Equal(400, refusal.Status);
    }

    static string Quoted(string property, string comparison, string value) =>
        $"{property} {comparison} '{value.Replace("'", "''", StringComparison.Ordinal)}'";

    static bool Below(string one, string other) => string.CompareOrdinal(one, other) < 0;
}
