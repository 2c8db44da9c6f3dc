using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using Azure;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class AttemptBatcherTests
{
    readonly FakeTables _tables = new();
    readonly AttemptBatcher _batcher;

    public AttemptBatcherTests()
    {
        _batcher = new AttemptBatcher(_tables);
        Week.Exists = true;
    }

    FakeTable Week => _tables.Table(AttemptTable.Name(Some.Time));

    [Fact]
    public async Task An_attempt_gets_a_row_with_a_computed_key_and_a_row_in_the_list()
    {
        var record = Some.Record();
        Assert.Equal(record, await _batcher.AddAsync(record));
        Assert.Equal(
            [
                AttemptTable.AttemptRow(record.DeliveryId, 1, 1),
                AttemptTable.ListRow(record.StartedAt, record.DeliveryId, 1, 1),
            ],
            Week.Rows.Select(row => row.RowKey));
        Assert.All(Week.Rows, row => Assert.Equal(record, AttemptEntity.ToRecord(row)));
    }

    [Fact]
    public async Task Attempts_that_finish_while_a_transaction_is_under_way_go_out_together_in_the_next()
    {
        using var hold = new Hold(_tables, "transaction");
        var first = _batcher.AddAsync(RecordOf(0));
        await hold.Reached;
        var others = Enumerable.Range(1, 7).Select(number => _batcher.AddAsync(RecordOf(number))).ToList();
        Assert.Equal([2], Week.Transactions);
        hold.Release();
        await Task.WhenAll([first, .. others]);
        Assert.Equal([2, 14], Week.Transactions);
        Assert.Equal(16, Week.Rows.Count);
    }

    [Fact]
    public async Task A_transaction_has_at_most_a_hundred_rows()
    {
        using var hold = new Hold(_tables, "transaction");
        var first = _batcher.AddAsync(RecordOf(0));
        await hold.Reached;
        var others = Enumerable.Range(1, 120).Select(number => _batcher.AddAsync(RecordOf(number))).ToList();
        hold.Release();
        await Task.WhenAll([first, .. others]);
        Assert.Equal([2, 100, 100, 40], Week.Transactions);
    }

    [Fact]
    public async Task Other_partitions_do_not_wait()
    {
        using var hold = new Hold(_tables, "transaction");
        var held = _batcher.AddAsync(RecordOf(0));
        await hold.Reached;
        hold.LetPass();
        var other = Some.Record() with { SubscriptionId = "sub_other" };
        Assert.Equal(other, await _batcher.AddAsync(other));
        Assert.False(held.IsCompleted);
        hold.Release();
        await held;
    }

    [Fact]
    public async Task A_conflict_fails_no_other_attempt_and_returns_what_was_stored()
    {
        var stored = RecordOf(2) with { Outcome = AttemptOutcome.Delivered, NextAttemptAt = null };
        await _batcher.AddAsync(stored);
        using var hold = new Hold(_tables, "transaction");
        var first = _batcher.AddAsync(RecordOf(0));
        await hold.Reached;
        var others = Enumerable.Range(1, 4).Select(number => _batcher.AddAsync(RecordOf(number))).ToList();
        hold.Release();
        await first;
        Assert.Equal([RecordOf(1), stored, RecordOf(3), RecordOf(4)], await Task.WhenAll(others));
        Assert.Equal(10, Week.Rows.Count);
    }

    [Fact]
    public async Task All_of_a_group_may_be_stored_already()
    {
        var stored = new List<AttemptRecord>();
        for (var number = 1; number <= 3; number++)
        {
            stored.Add(
                await _batcher.AddAsync(
                RecordOf(number) with { Outcome = AttemptOutcome.DeadLettered, NextAttemptAt = null }));
        }

        using var hold = new Hold(_tables, "transaction");
        var first = _batcher.AddAsync(RecordOf(0));
        await hold.Reached;
        var others = Enumerable.Range(1, 3).Select(number => _batcher.AddAsync(RecordOf(number))).ToList();
        hold.Release();
        await first;
        Assert.Equal(stored, await Task.WhenAll(others));
    }

    [Fact]
    public async Task The_same_attempt_made_twice_at_once_is_stored_once_and_both_get_the_first_outcome()
    {
        using var hold = new Hold(_tables, "transaction");
        var before = _batcher.AddAsync(RecordOf(0));
        await hold.Reached;
        var one = Some.Record(AttemptOutcome.Delivered);
        var first = _batcher.AddAsync(one);
        var second = _batcher.AddAsync(
            Some.Record(AttemptOutcome.Retrying) with { StartedAt = one.StartedAt.AddSeconds(3) });
        hold.Release();
        await before;
        Assert.Equal(one, await first);
        Assert.Equal(one, await second);
        Assert.Equal(4, Week.Rows.Count);
    }

    [Fact]
    public async Task The_first_attempt_of_a_week_makes_its_table()
    {
        Week.Exists = false;
        await _batcher.AddAsync(Some.Record());
        Assert.True(Week.Exists);
        Assert.Equal(["transaction", "create", "transaction"], _tables.Calls);
    }

    [Fact]
    public async Task A_run_that_goes_on_into_the_next_week_stays_in_the_table_in_which_it_began()
    {
        await _batcher.AddAsync(Some.Record(attempt: 9) with { StartedAt = Some.Time.AddDays(9) });
        Assert.Equal([AttemptTable.Name(Some.Time)], _tables.Created);
    }

    [Fact]
    public async Task An_outage_fails_the_whole_group_and_not_what_comes_after_it()
    {
        using var hold = new Hold(_tables, "transaction");
        var attempts = new List<Task<AttemptRecord>> { _batcher.AddAsync(RecordOf(0)) };
        await hold.Reached;
        attempts.AddRange(Enumerable.Range(1, 3).Select(number => _batcher.AddAsync(RecordOf(number))));
        _tables.Outage = Outages.Unavailable;
        hold.Release();
        foreach (var attempt in attempts)
        {
            await Assert.ThrowsAsync<RequestFailedException>(() => attempt);
        }

        _tables.Outage = null;
        Assert.Equal(RecordOf(5), await _batcher.AddAsync(RecordOf(5)));
    }

    [Fact]
    public async Task An_outage_while_the_stored_record_is_read_is_an_outage()
    {
        await _batcher.AddAsync(Some.Record());
        _tables.Before = call => call == "get" ? throw Outages.Unavailable() : Task.CompletedTask;
        await Assert.ThrowsAsync<RequestFailedException>(() => _batcher.AddAsync(Some.Record()));
    }

    [Fact]
    public async Task Nothing_is_remembered_of_a_partition_that_is_idle()
    {
        await _batcher.AddAsync(RecordOf(1));
        await _batcher.AddAsync(RecordOf(2));
        Assert.Equal([2, 2], Week.Transactions);
    }

    static AttemptRecord RecordOf(int number) => Some.Record() with { DeliveryId = $"msg_{number:D32}" };
}
