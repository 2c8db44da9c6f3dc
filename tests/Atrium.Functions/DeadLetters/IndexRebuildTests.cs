using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Timers;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>How the index is made again from what lies in the queues.</summary>
public sealed class IndexRebuildTests : IDisposable
{
    // More than after how many a rebuild notes where it is.
    const int ManyLetters = 1_150;

    readonly DeadLetterApi _api = new();

    FakeTable Table => _api.Rig.Tables.Table(DeadLetterIndex.TableName);

    int Letters => Table.Rows.Count(row => row.ContainsKey(nameof(DeadLetter.SequenceNumber)));

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_rebuild_removes_rows_that_point_to_nothing_and_no_others()
    {
        _api.PutDelivery(1).PutDelivery(2).PutDelivery(3, of => of with { Tenant = "globex" });
        await _api.Rig.IndexAsync();
        RemoveFromQueue(1);
        RemoveFromQueue(3);
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(1));

        await _api.Rig.Get<IndexRebuild>().RunAsync(default);

        Assert.Equal(["2"], DeadLetterApi.Numbers(await _api.ListAsync()));
        Assert.Empty(DeadLetterApi.Numbers(await _api.ListAsync(tenant: "globex")));
        Assert.Contains(_api.Rig.Logged.Of<IndexRebuild>(), line => line.StartsWith(
            "Index rebuilt for deliveries/$deadletterqueue: 1 messages, 2 rows removed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rebuild_leaves_no_row_of_what_a_job_takes_beside_it()
    {
        _api.PutDelivery(1).PutDelivery(2);
        await _api.Rig.IndexAsync();
        var row = Table.Rows.Single(row => Equals(row[nameof(DeadLetter.SequenceNumber)], "1"));
        // The rebuild has looked at it, and is about to write its row.
        _api.Rig.Tables.Before = async call =>
        {
            if (call == "transaction")
            {
                _api.Rig.Tables.Before = _ => Task.CompletedTask;
                RemoveFromQueue(1);
                await Table.DeleteEntityAsync(row.PartitionKey, row.RowKey);
            }
        };

        await _api.Rig.Get<IndexRebuild>().RunAsync(default);

        Assert.Equal(["2"], DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Fact]
    public async Task A_rebuild_that_is_cut_off_is_taken_up_where_it_was()
    {
        await CutOffAsync();
        await LoseLettersAsync();
        await WalkAsync();
        // Those before the place that was noted are not looked at again.
        Assert.Equal(ManyLetters - 1_000, Letters);

        await WalkAsync();
        Assert.Equal(ManyLetters, Letters);
    }

    [Fact]
    public async Task A_rebuild_that_was_cut_off_a_day_ago_begins_anew()
    {
        await CutOffAsync();
        await LoseLettersAsync();
        _api.Rig.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(2));
        await WalkAsync();
        Assert.Equal(ManyLetters, Letters);
    }

    [Fact]
    public async Task A_rebuild_under_which_the_table_is_lost_is_not_taken_up()
    {
        await CutOffAsync(atPeek => atPeek == 15 && Table.Drop());
        await WalkAsync();
        Assert.Equal(ManyLetters, Letters);
    }

    [Fact]
    public async Task While_the_index_of_a_queue_is_made_again_what_is_new_is_listed_on_all_queues()
    {
        _api.PutDelivery(1);
        await _api.Rig.IndexAsync();
        Table.Drop();
        using var walk = new Hold(_api.Rig.Tables, "transaction");
        var rebuild = _api.Rig.Get<IndexRebuild>().RebuildLostAsync(default);
        await walk.Reached;
        walk.LetPass();
        _api.PutDelivery(2);
        _api.Parked.Put(DeadLetterApi.Failed(3), _api.Rig.Time.GetUtcNow());

        await _api.Rig.Get<Indexing>().RunAsync(default);

        Assert.Equal((1, 1), await ListedAsync());
        var states = _api.Rig.Get<IndexStates>();
        Assert.Null(await states.IndexedAtAsync(JobSource.DeliveriesDeadLetters, default));
        // Of these, one does not wait for another.
        var works = _api.Rig.Get<IEnumerable<PeriodicWork>>().Select(work => work.Name).ToList();
        Assert.Contains(SpanName.IndexDeadLetters, works);
        Assert.Contains(SpanName.RebuildLostIndex, works);
        Assert.False(rebuild.IsCompleted);
        walk.Release();
        await rebuild;
        await _api.Rig.IndexAsync();
        Assert.Equal((2, 1), await ListedAsync());
        Assert.Equal(
            _api.Rig.Time.GetUtcNow(), await states.IndexedAtAsync(JobSource.DeliveriesDeadLetters, default));

        async Task<(int Dead, int Parked)> ListedAsync() => (
            await CountAsync(JobSource.DeliveriesDeadLetters), await CountAsync(JobSource.Parked));

        ValueTask<int> CountAsync(JobSource source) => _api.Rig.Get<DeadLetterIndex>().CountAsync(
            Some.Tenant, new DeadLetterFilter().RangeOf(source), default);
    }

    // It drains the queues at each look, and waits until the index is made again.
    [Fact]
    public async Task A_lost_index_is_made_again_while_an_erasure_waits_for_it()
    {
        await PutEventsAndEraseAsync();
        var steps = 0;
        WhileItWalks(async () =>
        {
            steps++;
            await _api.Rig.RunNextAsync();
        });

        await _api.Rig.IndexAsync();

        Assert.Equal((1, true), (steps, await IsWalkedAsync()));
        await _api.Rig.RunAllAsync();
        var job = await _api.Rig.Jobs.ListAsync(Some.Tenant, null, 1, default).SingleAsync();
        Assert.Equal(JobState.Succeeded, job.State);
    }

    [Fact]
    public async Task An_index_that_is_lost_again_while_it_is_made_is_not_taken_for_whole()
    {
        await PutEventsAndEraseAsync();
        WhileItWalks(() =>
        {
            Table.Drop();
            return _api.Rig.RunNextAsync();
        });

        await _api.Rig.IndexAsync();
        Assert.False(await IsWalkedAsync());

        await _api.Rig.IndexAsync();
        Assert.Equal((true, 300), (await IsWalkedAsync(), Letters));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_left_out_until_a_rebuild_writes_it_anew()
    {
        _api.PutDelivery(1).PutDelivery(2);
        await _api.Rig.IndexAsync();
        var row = Table.Rows.Single(row => Equals(row[nameof(DeadLetter.SequenceNumber)], "1"));
        row[nameof(DeadLetter.SequenceNumber)] = 1;
        await Table.UpdateEntityAsync(row, row.ETag, Azure.Data.Tables.TableUpdateMode.Replace);
        Assert.Equal(["2"], DeadLetterApi.Numbers(await _api.ListAsync()));

        await _api.Rig.Get<IndexRebuild>().RunAsync(default);
        Assert.Equal(["2", "1"], DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    // More than a page of events, none of which the erasure concerns; it has begun as the table is lost.
    async Task PutEventsAndEraseAsync()
    {
        for (var number = 1; number <= 300; number++)
        {
            _api.PutEvent("{}", id: $"evt_{number}");
        }

        await _api.Rig.IndexAsync();
        await _api.EraseAsync(new { email = "jane.smith@example.com" });
        await _api.Rig.RunNextAsync();
        Table.Drop();
    }

    // Once.
    void WhileItWalks(Func<Task> act)
    {
        var peeks = 0;
        _api.DeadEvents.Fault = call =>
        {
            if (call == "peek" && ++peeks == 2)
            {
                act().GetAwaiter().GetResult();
            }

            return null;
        };
    }

    async Task<bool> IsWalkedAsync() => (await _api.Rig.Get<IndexStates>()
        .FindStateAsync(JobSource.VisitorEventsDeadLetters, default))!.IsWalked;

    /// <summary>A rebuild of many, in pages of a hundred that are looked at twice, that dies in the twelfth.</summary>
    async Task CutOffAsync(Func<int, bool>? atPeek = null)
    {
        foreach (var number in Enumerable.Range(1, ManyLetters))
        {
            _api.PutDelivery(number);
        }

        await _api.Rig.IndexAsync();
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(1));
        var peeks = 0;
        _api.DeadDeliveries.Fault = call =>
        {
            if (call == "peek")
            {
                peeks++;
                atPeek?.Invoke(peeks);
            }

            return peeks == 23 ? new InvalidOperationException("It died here.") : null;
        };
        await Assert.ThrowsAsync<InvalidOperationException>(WalkAsync);
        _api.DeadDeliveries.Fault = _ => null;
    }

    Task WalkAsync() => _api.Rig.Get<IndexRebuild>().WalkAsync(JobSource.DeliveriesDeadLetters, default);

    async Task LoseLettersAsync()
    {
        foreach (var row in Table.Rows.Where(row => row.ContainsKey(nameof(DeadLetter.SequenceNumber))))
        {
            await Table.DeleteEntityAsync(row.PartitionKey, row.RowKey);
        }
    }

    void RemoveFromQueue(long number) =>
        _api.DeadDeliveries.Settle("complete", Assert.Single(_api.DeadDeliveries.TakeDeferred([number])));
}
