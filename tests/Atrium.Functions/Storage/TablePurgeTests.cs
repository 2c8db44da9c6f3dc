using Atrium.Functions.Storage;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

namespace Atrium.Functions.Tests.Storage;

public sealed class TablePurgeTests
{
    static readonly string[] Kept =
        ["Attempts2026W12", "Attempts2026W16", "EventKeys2026W16", "Jobs", "Subscriptions"];

    static readonly string[] Expired = ["Attempts2026W10", "Attempts2026W11", "EventKeys2026W15"];

    readonly FakeTables _tables = new();
    readonly FakeLogger<TablePurge> _log = new();
    readonly TablePurge _purge;

    public TablePurgeTests()
    {
        // As they are registered, so that none is forgotten.
        using var services = new ServiceCollection().AddAtrium().BuildServiceProvider();
        var time = new SteppedTime(Some.Time);
        _purge = new TablePurge([.. services.GetServices<WeeklyTables>()], _tables, time, _log);
        foreach (var name in Kept.Concat(Expired))
        {
            _tables.Table(name).Exists = true;
        }
    }

    [Fact]
    public async Task Expired_tables_of_every_kind_are_dropped_and_no_others()
    {
        await RunAsync();
        Assert.Equal(Kept, _tables.Created);
        Assert.Equal(Expired, _log.Lines.Select(line => line.Split(' ', ':')[3]).Order());
    }

    [Fact]
    public async Task A_table_that_cannot_be_dropped_does_not_keep_the_others_and_is_told_of()
    {
        var failure = new AggregateException(Outages.Unavailable());
        var left = new Queue<Exception>([failure]);
        _tables.Before = call =>
            call == "delete table" && left.TryDequeue(out var first) ? throw first : Task.CompletedTask;

        var failed = await Assert.ThrowsAsync<AggregateException>(RunAsync);

        var stays = Assert.Single(_tables.Created.Except(Kept));
        Assert.Same(failure, Assert.Single(failed.InnerExceptions));
        Assert.StartsWith($"1 of 3 failed: {stays}.", failed.Message, StringComparison.Ordinal);
        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public async Task An_outage_fails_the_run_and_the_next_one_makes_up_for_it()
    {
        _tables.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<RequestFailedException>(RunAsync);
        _tables.Outage = null;
        await RunAsync();
        Assert.Equal(Kept, _tables.Created);
    }

    Task RunAsync() => _purge.RunAsync(default);
}
