using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class AttemptLogTests
{
    readonly FakeTables _tables = new();
    readonly FakeTimeProvider _time = new(Some.Time);
    readonly AttemptLog _log;

    public AttemptLogTests() => _log = new AttemptLog(_tables, new AttemptBatcher(_tables), _time);

    [Fact]
    public async Task Before_any_attempt_there_is_none() =>
        Assert.Empty(await _log.ReadAsync(Some.Delivery(), default));

    [Fact]
    public async Task All_attempts_of_all_runs_are_found_each_once()
    {
        var records = new[]
        {
            Some.Record(attempt: 1),
            Some.Record(attempt: 2),
            Some.Record(run: 2, attempt: 1) with { RunStartedAt = Some.Time.AddDays(7) },
            Some.Record(run: 3, attempt: 1) with { RunStartedAt = Some.Time.AddDays(14) },
        };
        foreach (var record in records)
        {
            await RecordAsync(record);
        }

        _time.SetUtcNow(Some.Time.AddDays(15));
        Assert.Equal(records, await _log.ReadAsync(Some.Delivery(), default));
        Assert.Equal(3, _tables.Created.Count());
    }

    [Fact]
    public async Task Other_deliveries_of_the_subscription_are_not_read()
    {
        await RecordAsync(Some.Record() with { DeliveryId = "msg_other" });
        Assert.Empty(await _log.ReadAsync(Some.Delivery(), default));
    }

    // Another instance's clock, or the broker's, may have reached the next week before ours.
    [Fact]
    public async Task A_run_that_began_in_a_week_which_our_clock_has_not_reached_is_found()
    {
        var sundayNight = new DateTimeOffset(2026, 4, 19, 23, 59, 59, TimeSpan.Zero);
        var monday = sundayNight.AddSeconds(2);
        _time.SetUtcNow(sundayNight);
        var record = Some.Record() with { RunStartedAt = monday };
        await RecordAsync(record);
        Assert.Equal(
            [record],
            await _log.ReadAsync(Some.Delivery() with { AcceptedAt = monday, RunStartedAt = monday }, default));
        Assert.Equal([record], await _log.ReadAsync(Some.Delivery() with { RunStartedAt = monday }, default));
    }

    [Fact]
    public async Task An_outage_of_a_look_up_is_thrown()
    {
        _tables.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<RequestFailedException>(() => _log.ReadAsync(Some.Delivery(), default));
    }

    [Fact]
    public async Task An_outage_of_recording_hands_the_record_back()
    {
        _tables.Outage = Outages.Unavailable;
        var thrown = await Assert.ThrowsAsync<OutcomeNotRecordedException>(() => RecordAsync(Some.Record()));
        Assert.Equal(Some.Record(), thrown.Record);
    }

    [Fact]
    public async Task All_of_a_group_learn_of_an_outage_with_their_own_records()
    {
        using var hold = new Hold(_tables, "transaction");
        var recording = Enumerable.Range(1, 5).Select(attempt => RecordAsync(Some.Record(attempt: attempt)))
            .ToList();
        await hold.Reached;
        _tables.Outage = Outages.Unavailable;
        hold.Release();
        for (var attempt = 1; attempt <= recording.Count; attempt++)
        {
            var thrown = await Assert.ThrowsAsync<OutcomeNotRecordedException>(() => recording[attempt - 1]);
            Assert.Equal(attempt, thrown.Record.Attempt);
        }
    }

    [Fact]
    public async Task A_mistake_of_ours_is_no_outage()
    {
        _tables.Outage = () => new RequestFailedException(400, "InvalidInput");
        await Assert.ThrowsAsync<RequestFailedException>(() => RecordAsync(Some.Record()));
    }

    [Fact]
    public async Task Whoever_comes_second_gets_what_the_first_one_recorded()
    {
        await RecordAsync(Some.Record(AttemptOutcome.Delivered));
        Assert.Equal(
            AttemptOutcome.Delivered,
            (await RecordAsync(Some.Record(AttemptOutcome.Retrying) with { StartedAt = Some.Time })).Outcome);
    }

    Task<AttemptRecord> RecordAsync(AttemptRecord record) => _log.RecordAsync(Some.Delivery(), record);
}
