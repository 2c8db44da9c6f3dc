using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Fakes.Contracts;

/// <summary>What the app relies on of tables: they are made with their first row, and dropped.</summary>
public abstract class TableContract(TableServiceClient service)
{
    readonly TableClient _table = service.GetTableClient($"Tables{Guid.NewGuid():n}");

    [Fact]
    public Task A_table_that_was_never_made_says_so_to_every_call() => IsMissingAsync();

    [Fact]
    public async Task A_table_that_was_dropped_says_so_to_whoever_holds_its_client()
    {
        await _table.CreateIfNotExistsAsync();
        await _table.AddEntityAsync(new TableEntity("p", "r"));
        Assert.Equal(204, (await service.DeleteTableAsync(_table.Name)).Status);
        await IsMissingAsync();
    }

    [Fact]
    public async Task Dropping_a_table_that_is_not_there_is_no_failure() =>
        Assert.Equal(404, (await service.DeleteTableAsync(_table.Name)).Status);

    [Fact]
    public async Task Making_a_table_that_is_there_keeps_its_rows()
    {
        await _table.CreateIfNotExistsAsync();
        await _table.AddEntityAsync(new TableEntity("p", "r"));
        await _table.CreateIfNotExistsAsync();
        Assert.Single(await _table.QueryAsync<TableEntity>("PartitionKey eq 'p'").ToListAsync());
        await service.DeleteTableAsync(_table.Name);
    }

    [Fact]
    public async Task Tables_are_listed_by_name_and_those_that_were_only_asked_are_not_among_them()
    {
        await _table.CreateIfNotExistsAsync();
        var asked = service.GetTableClient($"{_table.Name}Asked");
        await asked.GetEntityIfExistsAsync<TableEntity>("p", "r");
        var listed = await service.QueryAsync().Select(table => table.Name).ToListAsync();
        Assert.Contains(_table.Name, listed);
        Assert.DoesNotContain(asked.Name, listed);
        Assert.Equal(listed.Order(StringComparer.Ordinal), listed);
        await service.DeleteTableAsync(_table.Name);
    }

    async Task IsMissingAsync()
    {
        var row = new TableEntity("p", "r");
        await Refused.AsAsync(404, "TableNotFound", () => _table.AddEntityAsync(row));
        await Refused.AsAsync(404, "TableNotFound", () => _table.UpdateEntityAsync(row, ETag.All));
        await Refused.AsAsync(404, "TableNotFound", () => _table.GetEntityAsync<TableEntity>("p", "r"));
        await Refused.AsAsync(
            404,
            "TableNotFound",
            async () => await _table.QueryAsync<TableEntity>("PartitionKey eq 'p'").ToListAsync());
        await Refused.AsAsync(
            404, "TableNotFound", () => _table.SubmitTransactionAsync([new(TableTransactionActionType.Add, row)]));
        Assert.Equal(404, (await _table.DeleteEntityAsync("p", "r")).Status);
        Assert.False((await _table.GetEntityIfExistsAsync<TableEntity>("p", "r")).HasValue);
    }
}

public sealed class FakeTableContractTests() : TableContract(new FakeTables());

[Collection(SharedAzurite.Name)]
public sealed class AzuriteTableContractTests(RunningAzurite azurite) : TableContract(azurite.Client);
