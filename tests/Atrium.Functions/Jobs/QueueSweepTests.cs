using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Jobs;

public sealed class QueueSweepTests
{
    readonly List<string?> _acted = [];
    readonly JobRig _rig;
    Func<IReadOnlyList<ServiceBusReceivedMessage>, Task> _act;
    bool _isWanted = true;

    public QueueSweepTests()
    {
        _act = messages =>
        {
            _acted.AddRange(messages.Select(message => message.MessageId));
            return Task.CompletedTask;
        };
        _rig = new JobRig(rig => new SweepWork((job, token) => rig.Sweep.StepAsync(
            new SweepOrder(job, Choose, async (messages, _) =>
            {
                await _act(messages);
                return _isWanted;
            }),
            token)));
    }

    FakeQueue Queue => _rig.Bus.DeadLetters(Queues.Deliveries);

    [Fact]
    public async Task Chosen_messages_are_acted_upon_and_gone_and_the_others_are_as_they_were()
    {
        Put(1000, i => i % 2 == 0 ? "take" : "leave");
        var others = Queue.Messages.Where(message => message.Subject == "leave").ToList();

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 500), (job.State, job.Counts.Taken));
        Assert.Equal(500, _acted.Distinct().Count());
        Assert.Equal(others.Select(message => (message.SequenceNumber, message.MessageId, message.Body.ToString())), Queue.Messages.Select(message => (message.SequenceNumber, message.MessageId, message.Body.ToString())));
        Assert.Equal(500, Queue.Take(1000).Count);
    }

    [Fact]
    public async Task What_cannot_be_acted_upon_is_counted_and_stays()
    {
        Put(10, i => i < 3 ? "skip" : "take");

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 7, 3), (job.State, job.Counts.Taken, job.Counts.Skipped));
        Assert.Equal(3, Queue.Messages.Count);
    }

    [Fact]
    public async Task When_there_is_nothing_to_take_no_message_is_locked()
    {
        Put(2 * QueueSweep.BatchSize, i => i < 3 ? "skip" : "leave");

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 0, 3), (job.State, job.Counts.Taken, job.Counts.Skipped));
        Assert.DoesNotContain("receive", Queue.Calls);
    }

    [Fact]
    public async Task What_lies_before_the_first_to_take_is_looked_through_once()
    {
        Put(4 * QueueSweep.BatchSize, i => i < 3 ? "skip" : "leave");
        Put(1, _ => "take");

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 1, 3), (job.State, job.Counts.Taken, job.Counts.Skipped));
        // Four pages and the one with the message; then only that one again, and the end.
        Assert.Equal(6, Queue.Calls.Count(call => call == "peek"));
    }

    [Fact]
    public async Task Only_messages_that_lay_there_when_the_job_was_made_are_taken()
    {
        Put(1, _ => "take");
        _act = messages =>
        {
            _acted.AddRange(messages.Select(message => message.MessageId));
            // It failed again, at once.
            Put(1, _ => "take");
            return Task.CompletedTask;
        };

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Assert.Single(Queue.Messages);
    }

    [Fact]
    public async Task A_step_ends_when_three_quarters_of_its_first_lock_have_passed_and_gives_all_back()
    {
        Put(3 * QueueSweep.BatchSize, _ => "leave");
        Put(1, _ => "take");
        Queue.BeforeReceive = received =>
        {
            _rig.Time.Advance(received is 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(23));
            return Task.CompletedTask;
        };
        var job = await StartAsync();

        await _rig.RunNextAsync();

        Assert.Equal(JobState.Running, (await _rig.ReadAsync(job)).State);
        Assert.Equal(3, Queue.Calls.Count(call => call == "receive"));
        Assert.Equal(3 * QueueSweep.BatchSize + 1, Queue.Take(10_000).Count);
    }

    [Fact]
    public async Task Chosen_ones_that_the_queue_never_gives_in_time_fail_the_job_in_the_end()
    {
        Put(3 * QueueSweep.BatchSize, _ => "leave");
        Put(1, _ => "take");
        Queue.BeforeReceive = _ =>
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(23));
            return Task.CompletedTask;
        };

        var job = await RunAsync();

        Assert.Equal((JobState.Failed, 0), (job.State, job.Counts.Taken));
        Assert.Contains("Then start the job again", job.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_that_somebody_else_has_locked_are_waited_for()
    {
        Put(5, _ => "take");
        Queue.LockAll();

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 5), (job.State, job.Counts.Taken));
        Assert.InRange(_rig.Time.GetUtcNow() - Some.Time, FakeQueue.LockDuration, FakeQueue.LockDuration + QueueSweep.LockedWait + TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Chosen_ones_behind_more_others_than_can_be_held_fail_the_job_which_says_what_to_do()
    {
        Put(QueueSweep.MaxHeld + QueueSweep.BatchSize, _ => "leave");
        Put(1, _ => "take");

        var job = await RunAsync();

        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains($"behind {QueueSweep.MaxHeld} others", job.Explanation, StringComparison.Ordinal);
        Assert.Contains("may be another tenant's: whoever runs the app can replay or discard them", job.Explanation, StringComparison.Ordinal);
        Assert.Equal(QueueSweep.MaxHeld + QueueSweep.BatchSize + 1, Queue.Take(int.MaxValue).Count);
    }

    [Fact]
    public async Task Others_are_held_without_their_bodies_so_that_no_size_of_theirs_bars_the_way()
    {
        var body = BinaryData.FromBytes(new byte[1024 * 1024]);
        for (var i = 0; i < 2 * QueueSweep.BatchSize; i++)
        {
            Queue.Put(new ServiceBusMessage(body) { MessageId = $"{i}", Subject = "leave" });
        }

        Put(1, _ => "take");

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Assert.Equal(2 * QueueSweep.BatchSize, Queue.Calls.Count(call => call == "abandon"));
        Assert.Equal(0, Queue.BytesGivenBack);
        Assert.All(Queue.Take(int.MaxValue), message => Assert.Equal(body.ToMemory().Length, message.Body.ToMemory().Length));
    }

    [Fact]
    public async Task Behind_fifty_thousand_others_a_chosen_one_is_reached()
    {
        Put(50_000, _ => "leave");
        Put(1, _ => "take");

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Assert.Equal(50_000, Queue.Take(int.MaxValue).Count);
    }

    [Fact]
    public async Task Only_the_tenants_own_are_told_of_that_were_passed_over()
    {
        for (var i = 0; i < 10; i++)
        {
            var message = new ServiceBusMessage("body") { Subject = "leave", ApplicationProperties = { ["tenant"] = i < 3 ? Some.Tenant : "globex" } };
            Queue.Put(message);
        }

        Put(1, _ => "take");

        Assert.Equal(new JobCounts(1, 3, 0), (await RunAsync()).Counts);
    }

    [Fact]
    public async Task The_apps_own_jobs_count_everyones_that_were_passed_over()
    {
        Put(5, _ => "leave");
        Queue.Put(new ServiceBusMessage("body") { Subject = "leave", ApplicationProperties = { ["tenant"] = "globex" } });
        Put(1, _ => "take");
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        var job = await _rig.StartAsync(tenant: JobTenant.System);

        await _rig.RunAllAsync();

        Assert.Equal(new JobCounts(1, 6, 0), (await _rig.ReadAsync(job)).Counts);
    }

    [Fact]
    public async Task What_is_moved_out_of_the_way_goes_and_does_not_count_as_taken()
    {
        Put(3, _ => "move");
        Put(2, _ => "take");
        Put(1, _ => "leave");

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 2), (job.State, job.Counts.Taken));
        Assert.Equal(["m4", "m5", "m1", "m2", "m3"], _acted);
        Assert.Equal("m6", Assert.Single(Queue.Messages).MessageId);
    }

    [Fact]
    public async Task What_is_no_longer_wanted_stays_and_what_was_taken_before_counts()
    {
        Put(2 * QueueSweep.BatchSize, _ => "take");
        Queue.BeforeReceive = received =>
        {
            _isWanted = received != 1;
            return Task.CompletedTask;
        };
        var job = await StartAsync();

        await _rig.RunNextAsync();

        Assert.Equal(QueueSweep.BatchSize, (await _rig.ReadAsync(job)).Counts.Taken);
        Assert.Equal(QueueSweep.BatchSize, Queue.Take(int.MaxValue).Count);
    }

    [Fact]
    public async Task When_acting_fails_for_a_while_nothing_is_removed_and_all_is_given_back_at_once()
    {
        Put(4, _ => "take");
        var acted = _act;
        _act = _ => throw new ServiceBusException(isTransient: true, "It is busy.");
        var job = await StartAsync();

        await _rig.RunNextAsync();
        Assert.Equal(4, Queue.Messages.Count);

        _act = acted;
        await _rig.RunAllAsync();
        Assert.Equal(JobState.Succeeded, (await _rig.ReadAsync(job)).State);
        Assert.Equal(4, _acted.Count);
    }

    [Fact]
    public async Task A_message_whose_lock_was_lost_before_it_was_removed_is_acted_upon_again()
    {
        Put(4, _ => "take");
        var first = true;
        var acted = _act;
        _act = messages =>
        {
            if (first)
            {
                first = false;
                _rig.Time.Advance(FakeQueue.LockDuration);
            }

            return acted(messages);
        };

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 4), (job.State, job.Counts.Taken));
        Assert.Equal(8, _acted.Count);
        Assert.Empty(Queue.Messages);
    }

    [Fact]
    public async Task Others_that_cannot_be_given_back_come_again_when_their_locks_have_run_out_and_the_job_goes_on()
    {
        Put(3, _ => "leave");
        Put(1, _ => "take");
        Queue.Fault = call => call == "abandon" ? new ServiceBusException(isTransient: true, "It is away.") : null;

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        _rig.Time.Advance(FakeQueue.LockDuration);
        Assert.Equal(3, Queue.Take(10).Count);
    }

    [Fact]
    public async Task Stopped_within_a_step_it_ends_before_the_next_batch_after_a_second_at_most()
    {
        Put(4 * QueueSweep.BatchSize, _ => "take");
        var job = await StartAsync();
        Queue.BeforeReceive = async received =>
        {
            _rig.Time.Advance(QueueSweep.ProgressInterval);
            if (received == 1)
            {
                await _rig.Jobs.ChangeAsync(await _rig.ReadAsync(job), now => now with { StopRequested = true }, default);
            }
        };

        await _rig.RunAllAsync();

        var stopped = await _rig.ReadAsync(job);
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
            seen.Add((await _rig.ReadAsync(job)).Counts.Taken);
            _rig.Time.Advance(QueueSweep.ProgressInterval);
        };

        await _rig.RunAllAsync();

        Assert.Equal([0, QueueSweep.BatchSize, 2 * QueueSweep.BatchSize], seen);
        // The last step only looks.
        var ended = await _rig.ReadAsync(job);
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
                _rig.Time.Advance(TimeSpan.FromSeconds(61));
            }

            return null;
        };

        await _rig.RunAllAsync();

        var ended = await _rig.ReadAsync(job);
        Assert.Equal(JobState.Succeeded, ended.State);
        Assert.Equal(4, Queue.Calls.Count(call => call == "peek"));
        Assert.Equal(4, ended.Step);
    }

    static SweepChoice Choose(ServiceBusReceivedMessage message) => message.Subject switch
    {
        "take" => SweepChoice.Take,
        "move" => SweepChoice.Move,
        "skip" => SweepChoice.Skip,
        _ => SweepChoice.Leave,
    };

    int _put;

    void Put(int count, Func<int, string> subject)
    {
        for (var i = 0; i < count; i++)
        {
            Queue.Put(new ServiceBusMessage($"body {++_put}") { MessageId = $"m{_put}", Subject = subject(i) });
        }
    }

    Task<Job> StartAsync()
    {
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        return _rig.StartAsync();
    }

    async Task<Job> RunAsync()
    {
        var job = await StartAsync();
        await _rig.RunAllAsync();
        return await _rig.ReadAsync(job);
    }

    sealed class SweepWork(Func<Job, CancellationToken, Task<JobStep>> step) : IJobWork
    {
        public JobKind Kind => JobKind.Replay;

        public Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken) => step(job, cancellationToken);
    }
}
