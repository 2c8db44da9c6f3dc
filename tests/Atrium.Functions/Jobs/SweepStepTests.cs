using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Jobs;

/// <summary>How a sweep goes on from step to step: locks, failures, a stop, progress.</summary>
public sealed class SweepStepTests : SweepTests
{
    [Fact]
    public async Task A_step_ends_when_three_quarters_of_its_first_lock_have_passed_and_gives_all_back()
    {
        Put(3 * QueueSweep.BatchSize, _ => "leave");
        Put(1, _ => "take");
        Queue.BeforeReceive = received =>
        {
            Rig.Time.Advance(received is 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(23));
            return Task.CompletedTask;
        };
        var job = await StartAsync();

        await Rig.RunNextAsync();

        Assert.Equal(JobState.Running, (await Rig.ReadAsync(job)).State);
        Assert.Equal(3, Queue.Calls.Count(call => call == "receive"));
        Assert.Equal(3 * QueueSweep.BatchSize + 1, Queue.Take(10_000).Count);
    }

    [Fact]
    public async Task Messages_that_somebody_else_has_locked_are_waited_for()
    {
        Put(5, _ => "take");
        Queue.LockAll();

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 5), (job.State, job.Counts.Taken));
        Assert.InRange(
            Rig.Time.GetUtcNow() - Some.Time, FakeQueue.LockDuration,
            FakeQueue.LockDuration + QueueSweep.LockedWait + TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task When_acting_fails_for_a_while_nothing_is_removed_and_all_is_given_back_at_once()
    {
        Put(4, _ => "take");
        var acted = Act;
        Act = _ => throw new ServiceBusException(isTransient: true, "It is busy.");
        var job = await StartAsync();

        await Rig.RunNextAsync();
        Assert.Equal(4, Queue.Messages.Count);

        Act = acted;
        await Rig.RunAllAsync();
        Assert.Equal(JobState.Succeeded, (await Rig.ReadAsync(job)).State);
        Assert.Equal(4, Acted.Count);
    }

    [Fact]
    public async Task A_message_whose_lock_was_lost_before_it_was_removed_is_acted_upon_again()
    {
        Put(4, _ => "take");
        var first = true;
        var acted = Act;
        Act = messages =>
        {
            if (first)
            {
                first = false;
                Rig.Time.Advance(FakeQueue.LockDuration);
            }

            return acted(messages);
        };

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 4), (job.State, job.Counts.Taken));
        Assert.Equal(8, Acted.Count);
        Assert.Empty(Queue.Messages);
    }

    [Fact]
    public async Task Stopped_within_a_step_it_ends_before_the_next_batch_after_a_second_at_most()
    {
        Put(4 * QueueSweep.BatchSize, _ => "take");
        var job = await StartAsync();
        Queue.BeforeReceive = async received =>
        {
            Rig.Time.Advance(QueueSweep.ProgressInterval);
            if (received == 1)
            {
                await Rig.Jobs.ChangeAsync(await Rig.ReadAsync(job), now => now with { StopRequested = true }, default);
            }
        };

        await Rig.RunAllAsync();

        var stopped = await Rig.ReadAsync(job);
        Assert.Equal((JobState.Stopped, 2 * QueueSweep.BatchSize), (stopped.State, stopped.Counts.Taken));
        Assert.Equal(2 * QueueSweep.BatchSize, Queue.Take(10_000).Count);
    }

    [Fact]
    public async Task Progress_shows_while_a_step_is_under_way()
    {
        Put(2 * QueueSweep.BatchSize, _ => "take");
        var job = await StartAsync();
        var seen = new List<int>();
        Queue.BeforeReceive = async _ =>
        {
            seen.Add((await Rig.ReadAsync(job)).Counts.Taken);
            Rig.Time.Advance(QueueSweep.ProgressInterval);
        };

        await Rig.RunAllAsync();

        Assert.Equal([0, QueueSweep.BatchSize, 2 * QueueSweep.BatchSize], seen);
        // The last step only looks.
        var ended = await Rig.ReadAsync(job);
        Assert.Equal((2, 2 * QueueSweep.BatchSize), (ended.Step, ended.Counts.Taken));
    }

    [Fact]
    public async Task A_queue_too_deep_to_look_through_in_one_step_is_looked_through_in_several()
    {
        Put(3 * QueueSweep.BatchSize, _ => "leave");
        var job = await StartAsync();
        Queue.Fault = call =>
        {
            if (call == "peek")
            {
                Rig.Time.Advance(TimeSpan.FromSeconds(61));
            }

            return null;
        };

        await Rig.RunAllAsync();

        var ended = await Rig.ReadAsync(job);
        Assert.Equal(JobState.Succeeded, ended.State);
        Assert.Equal(4, Queue.Calls.Count(call => call == "peek"));
        Assert.Equal(4, ended.Step);
    }
}
