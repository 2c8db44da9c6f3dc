using Atrium.Functions.Deliveries;
using Atrium.Functions.Storage;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// Any 404 was taken as the table's word: in the midst of a query for the end of the list, and for a row as that it was
/// not there. A proxy or an address that led elsewhere thus cut lists short, and had deliveries dropped as those of a
/// deleted subscription. The attempt log had its own rules, and took a table that was being dropped for a row.
/// </summary>
public sealed class B43StrangeNotFoundTests
{
    readonly FakeTables _tables = new();

    [Theory]
    [InlineData(null)]
    [InlineData("ResourceNotFound")]
    [InlineData("OutOfRangeInput")]
    public async Task A_query_ends_only_where_there_is_no_table(string? code)
    {
        _tables.Before = call => call == "query" ? throw NotFound(code) : Task.CompletedTask;
        await Assert.ThrowsAsync<RequestFailedException>(
            async () => await Table.QueryAsync("PartitionKey eq 'p'", null, default).ToListAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ParentNotFound")]
    public async Task A_row_is_missing_only_where_the_table_says_so(string? code)
    {
        _tables.Before = call => call == "get" ? throw NotFound(code) : Task.CompletedTask;
        await Assert.ThrowsAsync<RequestFailedException>(() => Table.FindAsync("p", "r", default));
    }

    [Theory]
    [InlineData("ResourceNotFound")]
    [InlineData("TableNotFound")]
    public async Task What_the_table_says_is_believed(string code)
    {
        _tables.Before = call => call == "get" ? throw NotFound(code) : Task.CompletedTask;
        Assert.Null(await Table.FindAsync("p", "r", default));
    }

    [Fact]
    public async Task A_strange_404_drops_no_delivery()
    {
        await using var rig = await DeliveryRig.StartAsync();
        rig.Tables.Before = call => call == "get" ? throw NotFound(null) : Task.CompletedTask;
        await rig.RunAsync(Some.Delivery());
        Assert.Equal((1, 1), (rig.Scheduled().Attempt, rig.Scheduled().PutBack));
    }

    [Theory]
    [InlineData(409, "TableBeingDeleted")]
    [InlineData(404, "TableNotFound")]
    public async Task An_attempt_meets_a_table_that_is_dropped_as_an_outage_and_is_recorded_once_it_is_over(
        int status, string code)
    {
        var log = new AttemptLog(_tables, new AttemptBatcher(_tables), new SteppedTime(Some.Time));
        _tables.Before = call => call == "transaction"
            ? throw new RequestFailedException(status, "The table is dropped.", code, null)
            : Task.CompletedTask;
        var failure = await Assert.ThrowsAsync<OutcomeNotRecordedException>(
            () => log.RecordAsync(Some.Delivery(), Some.Record()));
        Assert.Equal(status, Assert.IsType<RequestFailedException>(failure.InnerException).Status);

        _tables.Before = _ => Task.CompletedTask;
        Assert.Equal(Some.Record(), await log.RecordAsync(Some.Delivery(), Some.Record()));
    }

    TableGateway Table => new(_tables, SubscriptionStore.TableName);

    static RequestFailedException NotFound(string? code) => new(404, "It is not there.", code, null);
}
