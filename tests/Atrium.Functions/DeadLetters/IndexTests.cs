using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>How messages come into the index, and how it agrees with the queues whatever happens.</summary>
public sealed class IndexTests : IDisposable
{
    readonly DeadLetterApi _api = new();

    FakeTable Table => _api.Rig.Tables.Table(DeadLetterIndex.TableName);

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_letter_is_listed_and_lies_deferred_where_it_was_with_all_that_it_had()
    {
        _api.PutDelivery();
        var before = Assert.Single(_api.DeadDeliveries.Messages);

        Assert.Equal(["1"], DeadLetterApi.Numbers(await _api.ListAsync()));

        var after = Assert.Single(_api.DeadDeliveries.Messages);
        Assert.Equal(ServiceBusMessageState.Deferred, after.State);
        Assert.Equal(
            (before.MessageId, before.EnqueuedTime, before.DeadLetterReason, before.Body.ToString()),
            (after.MessageId, after.EnqueuedTime, after.DeadLetterReason, after.Body.ToString()));
        Assert.Equal(before.ApplicationProperties, after.ApplicationProperties);
    }

    [Fact]
    public async Task A_row_holds_no_body_and_no_address()
    {
        _api.PutDelivery().PutEvent("""{"visitor":{"email":"jane.smith@example.com"}}""");
        await _api.Rig.IndexAsync();

        Assert.DoesNotContain(
            Table.Rows.SelectMany(row => row), cell => $"{cell.Value}".Contains('@') && cell.Key != "PartitionKey");
    }

    [Fact]
    public async Task A_process_that_dies_between_the_row_and_the_deferral_leaves_one_row_in_the_end()
    {
        _api.PutDelivery(1).PutDelivery(2);
        _api.DeadDeliveries.Fault = call => call == "defer" ? new InvalidOperationException("It died here.") : null;
        await Assert.ThrowsAsync<AggregateException>(_api.Rig.IndexAsync);
        _api.DeadDeliveries.Fault = _ => null;
        _api.Rig.Time.Advance(FakeQueue.LockDuration);

        Assert.Equal(["2", "1"], DeadLetterApi.Numbers(await _api.ListAsync()));
        Assert.Equal([1L, 2L], _api.DeadDeliveries.Deferred());
    }

    [Fact]
    public async Task What_has_no_row_yet_is_not_deferred()
    {
        _api.PutDelivery();
        _api.Rig.Tables.Before = call => call == "transaction" ? throw Outages.Unavailable() : Task.CompletedTask;
        await Assert.ThrowsAsync<AggregateException>(_api.Rig.IndexAsync);

        Assert.Empty(_api.DeadDeliveries.Deferred());
        _api.Rig.Tables.Before = _ => Task.CompletedTask;
        _api.Rig.Time.Advance(FakeQueue.LockDuration);
        Assert.Equal(["1"], DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Fact]
    public async Task A_table_that_is_lost_is_made_again_from_what_lies_in_the_queues()
    {
        _api.PutDelivery(1).PutDelivery(2).PutEvent("{}");
        await _api.Rig.IndexAsync();
        Table.Drop();
        _api.PutDelivery(3);

        Assert.Equal(["3", "2", "1"], DeadLetterApi.Numbers(await _api.ListAsync()));
        Assert.Equal(["1"], DeadLetterApi.Numbers(await _api.ListAsync("queue=visitor-events")));
        Assert.Contains(_api.Rig.Logged.Of<IndexRebuild>(), line => line.StartsWith(
            "Index rebuilt for deliveries/$deadletterqueue: 3 messages, 0 rows removed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_table_that_is_lost_while_a_run_fills_it_is_made_again_by_the_next()
    {
        _api.PutDelivery(1);
        await _api.Rig.IndexAsync();
        _api.PutDelivery(2);
        // The run has read how far the index is, and goes on to write rows, into a table that is made with them.
        _api.DeadDeliveries.BeforeReceive = _ =>
        {
            _api.DeadDeliveries.BeforeReceive = _ => Task.CompletedTask;
            Table.Drop();
            return Task.CompletedTask;
        };
        await _api.Rig.IndexAsync();

        Assert.Equal(["2", "1"], DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Fact]
    public async Task In_a_queue_of_several_partitions_all_is_listed_counted_replayed_and_rebuilt()
    {
        const int Count = 10;
        _api.DeadDeliveries.Partitions = 4;
        for (var i = 1; i <= Count; i++)
        {
            _api.PutDelivery(i, at: Some.Time.AddSeconds(i));
        }

        var listed = DeadLetterApi.Numbers(await _api.ListAsync());
        Table.Drop();
        Assert.Equal(listed, DeadLetterApi.Numbers(await _api.ListAsync()));
        Assert.Equal(Count, (await _api.CountAsync()).Json.GetProperty("matching").GetInt32());
        var job = await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        Assert.Equal((JobState.Succeeded, Count), (job.State, job.Counts.Taken));
        Assert.Empty(_api.DeadDeliveries.Messages);
        Assert.Equal(
            Enumerable.Range(1, Count).Select(i => $"msg_{i:x32}"),
            _api.Deliveries.Sent.Select(message => DeadLetterApi.Read(message).DeliveryId));
    }

    [Fact]
    public async Task A_replay_takes_the_oldest_first_over_any_number_of_batches()
    {
        const int Count = 2 * DeadLetterIndex.BatchSize + 3;
        foreach (var i in Enumerable.Range(1, Count).Reverse())
        {
            _api.PutDelivery(i, at: Some.Time.AddSeconds(i));
        }

        await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        Assert.Equal(
            Enumerable.Range(1, Count).Select(i => $"msg_{i:x32}"),
            _api.Deliveries.Sent.Select(message => DeadLetterApi.Read(message).DeliveryId));
    }

    [Fact]
    public async Task Looking_for_the_oldest_of_very_many_takes_no_time_from_replaying_them()
    {
        const int Count = 3 * DeadLetterIndex.BatchSize;
        foreach (var i in Enumerable.Range(1, Count))
        {
            _api.PutDelivery(i);
        }

        var asked = await _api.ReplayAsync(new { all = true });
        _api.Rig.Tables.Before = call =>
        {
            _api.Rig.Time.Advance(call == "query" ? IndexedWork.LongestStep : TimeSpan.Zero);
            return Task.CompletedTask;
        };
        await _api.Rig.RunNextAsync();

        Assert.Equal(Count, _api.Deliveries.Sent.Count);
        Assert.Equal(JobState.Succeeded, (await _api.EndAsync(asked)).State);
    }

    [Fact]
    public async Task One_that_is_gone_and_one_that_is_locked_keep_none_of_the_others()
    {
        for (var i = 1; i <= 4; i++)
        {
            _api.PutDelivery(i);
        }

        var asked = await _api.ReplayAsync(new { all = true });
        RemoveFromQueue(2);
        _api.DeadDeliveries.TakeDeferred([3]);
        await _api.Rig.RunNextAsync();
        Assert.Equal(
            [1, 4], _api.Deliveries.Sent.Select(message => Convert.ToInt32(
                DeadLetterApi.Read(message).DeliveryId["msg_".Length..], 16)));

        // What somebody else has locked is waited for.
        var job = await _api.EndAsync(asked);
        Assert.Equal((JobState.Succeeded, 3), (job.State, job.Counts.Taken));
        Assert.Empty(DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Fact]
    public async Task What_stays_locked_ends_the_job_with_the_reason()
    {
        _api.PutDelivery();
        var asked = await _api.ReplayAsync(new { all = true });
        _api.DeadDeliveries.BeforeReceiveDeferred = _ =>
        {
            if (_api.DeadDeliveries.Deferred() is { Count: > 0 } free)
            {
                _api.DeadDeliveries.TakeDeferred(free);
            }

            return Task.CompletedTask;
        };

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Failed, 0), (job.State, job.Counts.Taken));
        Assert.Contains("locked by somebody else", job.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_on_one_queue_do_not_wait_for_each_other()
    {
        _api.PutDelivery(1).PutDelivery(2, of => of with { Tenant = "globex" });
        var (mine, theirs) =
            (await _api.ReplayAsync(new { all = true }), await _api.ReplayAsync(new { all = true }, "globex"));
        _api.DeadDeliveries.TakeDeferred([1]);

        // The first waits for what is locked; the second runs all the same.
        await _api.Rig.RunNextAsync();
        await _api.Rig.RunNextAsync();
        Assert.Equal([2L], _api.Deliveries.Sent.Select(message => Convert.ToInt64(
            DeadLetterApi.Read(message).DeliveryId["msg_".Length..], 16)));
        Assert.Equal(JobState.Succeeded, (await _api.EndAsync(mine)).State);
        Assert.Equal(JobState.Succeeded, (await _api.EndAsync(theirs, "globex")).State);
    }

    [Fact]
    public async Task A_number_that_has_become_anothers_is_left_alone()
    {
        _api.PutDelivery(1);
        var asked = await _api.ReplayAsync(new { all = true });
        _api.DeadDeliveries.MakeAnew();
        _api.PutDelivery(2, of => of with { Tenant = "globex" });
        await _api.Rig.IndexAsync();

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 0), (job.State, job.Counts.Taken));
        Assert.Empty(_api.Deliveries.Sent);
        Assert.Equal([1L], _api.DeadDeliveries.Deferred());
    }

    [Fact]
    public async Task A_job_that_a_version_without_an_index_began_goes_on()
    {
        _api.PutDelivery(1).PutDelivery(2);
        var asked = await _api.ReplayAsync(new { all = true });
        var jobs = _api.Rig.Tables.Table(JobStore.TableName);
        var row = jobs.Rows.Single(row =>
            row.PartitionKey == Some.Tenant && row.RowKey == asked.Json.GetProperty("id").GetString());
        foreach (var column in typeof(JobPlace).GetProperties())
        {
            row.Remove(column.Name);
        }

        (row["ExaminedTo"], row["PassedOver"]) = (1L, 3);
        await jobs.UpdateEntityAsync(row, row.ETag, Azure.Data.Tables.TableUpdateMode.Replace);

        var job = await _api.EndAsync(asked);
        Assert.Equal((JobState.Succeeded, 2), (job.State, job.Counts.Taken));
    }

    [Fact]
    public async Task Reasons_are_counted_as_letters_come_in_and_strangers_words_are_one()
    {
        _api.PutDelivery(1).PutDelivery(2).PutDelivery(3, reason: "BecauseIWantedTo");
        await _api.Rig.IndexAsync();

        Assert.Equal(
            [
                "Dead letters indexed: deliveries, reason AttemptsExhausted, 2",
                "Dead letters indexed: deliveries, reason other, 1",
            ],
            _api.Rig.Logged.Of<Indexing>());
    }

    [Fact]
    public async Task Those_whose_deferral_fails_are_counted_all_the_same_and_again_when_they_come_again()
    {
        _api.PutDelivery(1).PutDelivery(2);
        var defers = 0;
        _api.DeadDeliveries.Fault = call => call == "defer" && Interlocked.Increment(ref defers) == 2
            ? new ServiceBusException("It is away.", ServiceBusFailureReason.ServiceTimeout)
            : null;
        await Assert.ThrowsAsync<AggregateException>(_api.Rig.IndexAsync);
        _api.Rig.Time.Advance(FakeQueue.LockDuration);
        await _api.Rig.IndexAsync();

        Assert.Equal(
            [
                "Dead letters indexed: deliveries, reason AttemptsExhausted, 2",
                "Dead letters indexed: deliveries, reason AttemptsExhausted, 1",
            ],
            _api.Rig.Logged.Of<Indexing>());
    }

    void RemoveFromQueue(long number) =>
        _api.DeadDeliveries.Settle("complete", Assert.Single(_api.DeadDeliveries.TakeDeferred([number])));
}
