using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>A job counts all that it took, whatever failed for a moment after it.</summary>
public sealed class InterruptedStepTests : IDisposable
{
    readonly DeadLetterApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task What_was_completed_before_service_bus_failed_is_counted()
    {
        PutDeliveries(DeadLetterIndex.BatchSize);
        var asked = await _api.ReplayAsync(new { all = true });
        var completed = 0;
        _api.DeadDeliveries.Fault = call => call == "complete" && Interlocked.Increment(ref completed) == 90
            ? new ServiceBusException("Busy.", ServiceBusFailureReason.ServiceBusy)
            : null;

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, DeadLetterIndex.BatchSize), (job.State, job.Counts.Taken));
    }

    [Fact]
    public async Task What_earlier_pages_took_is_counted_though_a_later_one_could_not_be_received()
    {
        PutDeliveries(3 * DeadLetterIndex.BatchSize);
        var asked = await _api.ReplayAsync(new { all = true });
        _api.DeadDeliveries.BeforeReceiveDeferred = number => number == 2
            ? throw new ServiceBusException("Busy.", ServiceBusFailureReason.ServiceBusy)
            : Task.CompletedTask;

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 3 * DeadLetterIndex.BatchSize), (job.State, job.Counts.Taken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task An_erasure_counts_what_it_removed_though_the_tables_failed_meanwhile(int calls)
    {
        _api.PutEvent("""{"visitor":{"email":"jane.smith@example.com"}}""");
        var asked = await _api.EraseAsync(new { email = "jane.smith@example.com" });
        FailTables(_api.DeadEvents, calls);

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 1, 1), (job.State, job.Counts.Taken, job.Counts.Examined));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task A_replay_of_one_counts_it_though_the_tables_failed_meanwhile(int calls)
    {
        _api.PutDelivery(1);
        await _api.Rig.IndexAsync();
        var asked = await _api.ReplayOneAsync("deliveries", 1);
        FailTables(_api.DeadDeliveries, calls);

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 1, null), (job.State, job.Counts.Taken, job.Explanation));
        Assert.Empty(DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Fact]
    public async Task A_replay_of_one_that_takes_long_does_not_say_that_the_message_was_gone()
    {
        _api.PutDelivery(1);
        var asked = await _api.ReplayOneAsync("deliveries", 1);
        _api.DeadDeliveries.Fault = call =>
        {
            if (call == "complete")
            {
                _api.Rig.Time.Advance(2 * IndexedWork.ProgressInterval);
            }

            return null;
        };

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 1, null), (job.State, job.Counts.Taken, job.Explanation));
    }

    [Fact]
    public async Task What_a_step_took_is_counted_though_its_end_could_not_be_recorded()
    {
        PutDeliveries(3);
        var asked = await _api.ReplayAsync(new { all = true });
        var failures = 3;
        _api.Rig.Tables.Before = call => call == "update" && failures-- > 0
            ? throw Outages.Unavailable()
            : Task.CompletedTask;

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 3), (job.State, job.Counts.Taken));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    public async Task What_a_step_took_is_counted_though_the_tables_gave_no_answer_at_its_end(
        bool isOne, bool stops, bool isLastTryOnly)
    {
        _api.PutDelivery(1);
        var asked = isOne
            ? await _api.ReplayOneAsync("deliveries", 1)
            : await _api.ReplayAsync(new { all = true });
        using var host = new CancellationTokenSource();
        var failures = 3;
        _api.Rig.Tables.Before = call =>
        {
            if (call != "update" || failures-- <= 0)
            {
                return Task.CompletedTask;
            }

            if (stops)
            {
                host.Cancel();
            }

            var noAnswer = new TaskCanceledException();
            throw isLastTryOnly ? noAnswer : new AggregateException(Outages.Unavailable(), noAnswer);
        };
        await _api.Rig.RunNextAsync(host.Token);

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 1, null), (job.State, job.Counts.Taken, job.Explanation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task What_a_step_took_is_counted_once_though_the_tables_failed_just_after_they_counted_it(int times)
    {
        PutDeliveries(3 * DeadLetterIndex.BatchSize);
        var asked = await _api.ReplayAsync(new { all = true });
        _api.DeadDeliveries.BeforeReceiveDeferred = _ =>
        {
            _api.Rig.Time.Advance(2 * IndexedWork.ProgressInterval);
            return Task.CompletedTask;
        };
        _api.Rig.Tables.AfterLoss = () => throw Outages.Unavailable();
        _api.Rig.Tables.Before = call =>
        {
            _api.Rig.Tables.AnswerLost = call == "update" && times-- > 0 ? call : null;
            return Task.CompletedTask;
        };

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 3 * DeadLetterIndex.BatchSize), (job.State, job.Counts.Taken));
    }

    [Fact]
    public async Task What_was_taken_before_a_failure_that_does_not_pass_is_counted()
    {
        PutDeliveries(2 * DeadLetterIndex.BatchSize);
        var asked = await _api.ReplayAsync(new { all = true });
        _api.DeadDeliveries.BeforeReceiveDeferred = number =>
            number == 1 ? throw new InvalidOperationException("A mistake.") : Task.CompletedTask;

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Failed, DeadLetterIndex.BatchSize), (job.State, job.Counts.Taken));
        Assert.Contains(nameof(InvalidOperationException), job.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JobKind.Replay, true)]
    [InlineData(JobKind.Replay, false)]
    [InlineData(JobKind.Erase, false)]
    internal async Task What_a_step_took_is_counted_though_the_host_stops_before_its_end_is_recorded(
        JobKind kind, bool onlyOne)
    {
        _api.PutDelivery(1, delivery => delivery with { Body = BinaryData.FromString("jane.smith@example.com") });
        var asked = (kind, onlyOne) switch
        {
            (JobKind.Erase, _) => await _api.EraseAsync(new { email = "jane.smith@example.com" }),
            (_, true) => await _api.ReplayOneAsync("deliveries", 1),
            _ => await _api.ReplayAsync(new { all = true }),
        };
        using var host = new CancellationTokenSource();
        _api.Rig.Tables.Before = _ =>
        {
            if (_api.DeadDeliveries.Messages.Count == 0)
            {
                host.Cancel();
            }

            return Task.CompletedTask;
        };

        while (!host.IsCancellationRequested)
        {
            await _api.Rig.RunNextAsync(host.Token);
        }

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 1, null), (job.State, job.Counts.Taken, job.Explanation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task What_was_completed_is_counted_though_the_answer_was_lost(int count)
    {
        PutDeliveries(count);
        var asked = await _api.ReplayAsync(new { all = true });
        var lost = 0;
        _api.DeadDeliveries.AnswerLost = call => call == "complete" && Interlocked.Increment(ref lost) == 1;

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, count), (job.State, job.Counts.Taken));
    }

    [Fact]
    public async Task What_a_step_took_is_counted_though_the_host_stops_while_the_tables_are_away()
    {
        PutDeliveries(1);
        var asked = await _api.ReplayAsync(new { all = true });
        using var host = new CancellationTokenSource();
        _api.Rig.Tables.Before = _ =>
        {
            if (_api.DeadDeliveries.Messages.Count == 0)
            {
                host.Cancel();
                throw Outages.Unavailable();
            }

            return Task.CompletedTask;
        };
        while (!host.IsCancellationRequested)
        {
            await _api.Rig.RunNextAsync(host.Token);
        }

        _api.Rig.Tables.Before = _ => Task.CompletedTask;
        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
    }

    [Fact]
    public async Task What_a_message_brings_is_counted_once_though_its_step_records_often_and_is_stopped()
    {
        const int pages = 14;
        PutDeliveries(pages * DeadLetterIndex.BatchSize);
        var asked = await _api.ReplayAsync(new { all = true });
        using var host = new CancellationTokenSource();
        var (received, areTablesAway) = (0, false);
        _api.Rig.Tables.Before = _ => areTablesAway ? throw Outages.Unavailable() : Task.CompletedTask;
        _api.DeadDeliveries.BeforeReceiveDeferred = _ =>
        {
            received++;
            if (received == 2)
            {
                areTablesAway = true;
                throw new ServiceBusException("Busy.", ServiceBusFailureReason.ServiceBusy);
            }

            if (received == pages - 1)
            {
                host.Cancel();
            }

            _api.Rig.Time.Advance(received > 2 ? 2 * IndexedWork.ProgressInterval : TimeSpan.Zero);
            return Task.CompletedTask;
        };
        await _api.Rig.RunNextAsync();
        areTablesAway = false;
        while (!host.IsCancellationRequested)
        {
            await _api.Rig.RunNextAsync(host.Token);
        }

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, pages * DeadLetterIndex.BatchSize), (job.State, job.Counts.Taken));
    }

    void PutDeliveries(int count)
    {
        for (var number = 1; number <= count; number++)
        {
            _api.PutDelivery(number);
        }
    }

    // From when the queue is empty.
    void FailTables(FakeQueue queue, int calls) => _api.Rig.Tables.Before = _ =>
        queue.Messages.Count == 0 && calls-- > 0 ? throw Outages.Unavailable() : Task.CompletedTask;
}
