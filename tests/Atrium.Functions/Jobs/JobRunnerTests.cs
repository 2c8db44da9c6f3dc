using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Jobs;

public sealed class JobRunnerTests
{
    static readonly TimeSpan Wait = TimeSpan.FromSeconds(7);

    [Fact]
    public async Task A_job_goes_on_from_step_to_step_until_it_has_finished_and_adds_up_what_it_did()
    {
        var work = new ScriptedWork()
            .Then(new JobStep.Continue(Wait) { Counts = new JobCounts(3, 10, 1), ExaminedTo = 77 })
            .Then(new JobStep.Continue(TimeSpan.Zero) { Counts = new JobCounts(2, 4, 0) })
            .Then(new JobStep.Finished { Counts = new JobCounts(1, 0, 0) });
        var rig = new JobRig(_ => work);
        var job = await rig.StartAsync();

        await rig.RunNextAsync();
        var running = await rig.ReadAsync(job);
        await rig.RunAllAsync();
        var ended = await rig.ReadAsync(job);

        Assert.Equal((JobState.Running, 1, 77L, 3), (running.State, running.Step, running.ExaminedTo, running.Counts.Taken));
        Assert.Equal((JobState.Succeeded, new JobCounts(6, 10, 1)), (ended.State, ended.Counts));
        Assert.Equal(Some.Time + Wait, ended.EndedAt);
        Assert.Equal([0, 1, 2], work.Worked.Select(worked => worked.Step));
        Assert.Equal(rig.Messages.Sent.Count, rig.Messages.Sent.Select(message => message.MessageId).Distinct().Count());
        Assert.Equal(rig.Messages.Sent.Count, rig.Actions.Completed.Count);
    }

    [Fact]
    public async Task A_step_whose_process_died_before_its_outcome_was_recorded_is_repeated()
    {
        var work = new ScriptedWork().Then(_ => throw new OperationCanceledException());
        var rig = new JobRig(_ => work);
        var job = await rig.StartAsync();

        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.RunAsync(rig.Messages.Sent[0], stopping.Token));
        await rig.RunAllAsync();

        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
        Assert.Equal([0, 0], work.Worked.Select(worked => worked.Step));
    }

    [Fact]
    public async Task A_step_whose_process_died_before_the_next_was_sent_is_not_repeated_and_the_next_is_sent_again()
    {
        var work = new ScriptedWork().Then(new JobStep.Continue(Wait));
        var rig = new JobRig(_ => work);
        var job = await rig.StartAsync();
        rig.Messages.FailWith(new InvalidOperationException("The process died here."));

        await Assert.ThrowsAsync<InvalidOperationException>(() => rig.RunNextAsync());
        await rig.RunAllAsync();

        Assert.Equal([0, 1], work.Worked.Select(worked => worked.Step));
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
    }

    [Fact]
    public async Task A_message_that_comes_twice_sends_the_next_step_under_the_same_id_so_that_the_broker_drops_it()
    {
        var rig = new JobRig(_ => new ScriptedWork().Then(new JobStep.Continue(Wait)));
        await rig.StartAsync();

        await rig.RunNextAsync(dies: true);
        await rig.RunNextAsync();

        Assert.Equal(3, rig.Messages.Sent.Count);
        Assert.Equal(rig.Messages.Sent[1].MessageId, rig.Messages.Sent[2].MessageId);
    }

    [Fact]
    public async Task A_message_of_a_job_that_has_ended_or_is_gone_is_completed_without_a_word()
    {
        var work = new ScriptedWork();
        var rig = new JobRig(_ => work);
        var job = await rig.StartAsync();
        await rig.RunAllAsync();

        await rig.RunAsync(rig.Messages.Sent[0]);
        await rig.Jobs.RemoveAsync(job, default);
        await rig.RunAsync(rig.Messages.Sent[0]);

        Assert.Single(work.Worked);
        Assert.Single(rig.Messages.Sent);
        Assert.Equal(3, rig.Actions.Completed.Count);
    }

    [Fact]
    public async Task What_is_no_step_of_a_job_is_dead_lettered_with_what_is_wrong()
    {
        var rig = new JobRig(_ => new ScriptedWork());

        await rig.RunAsync(new ServiceBusMessage("?") { MessageId = "1" });
        await rig.RunAsync(new ServiceBusMessage("?") { MessageId = "2", ApplicationProperties = { ["version"] = 1, ["tenant"] = "acme", ["job"] = "../x" } });

        Assert.Equal(["InvalidJob", "InvalidJob"], rig.Actions.DeadLettered.Select(letter => letter.Reason));
        Assert.Contains("version is missing", rig.Actions.DeadLettered[0].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_dependency_is_away_the_step_comes_back_again_and_again_and_loses_nothing()
    {
        var work = new ScriptedWork();
        var rig = new JobRig(_ => work);
        var job = await rig.StartAsync();
        rig.Tables.Outage = Outages.Unavailable;

        await rig.RunNextAsync();
        await rig.RunNextAsync();
        rig.Tables.Outage = null;
        await rig.RunAllAsync();

        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
        Assert.Equal([$"{job.Id}:0:0.0", $"{job.Id}:0:0.1", $"{job.Id}:0:0.2"], rig.Messages.Sent.Select(message => message.MessageId));
        Assert.Single(work.Worked);
    }

    [Fact]
    public async Task However_long_an_outage_takes_a_step_that_is_put_back_is_neither_sent_twice_nor_given_up()
    {
        var outage = true;
        var work = new ScriptedWork();
        for (var i = 0; i < 60; i++)
        {
            work.Then(_ => outage ? throw new ServiceBusException(isTransient: true, "It is away.") : new JobStep.Finished());
        }

        var rig = new JobRig(_ => work);
        var job = await rig.StartAsync();
        while (rig.Time.GetUtcNow() < Some.Time + TimeSpan.FromMinutes(45))
        {
            await rig.RunNextAsync();
            await rig.Watch.RunAsync(new TimerInfo(), default);
        }

        Assert.Equal((JobState.Waiting, 0), ((await rig.ReadAsync(job)).State, (await rig.ReadAsync(job)).Nudges));
        Assert.Equal(rig.Actions.Completed.Count + 1, rig.Messages.Sent.Count);
        outage = false;
        await rig.RunAllAsync();
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
    }

    [Fact]
    public async Task A_put_back_of_a_step_that_was_done_meanwhile_is_no_sign_of_life()
    {
        JobRig rig = null!;
        var work = new ScriptedWork().Then(now =>
        {
            rig.Jobs.ChangeAsync(now, current => current with { Step = 1 }, default).GetAwaiter().GetResult();
            rig.Time.Advance(TimeSpan.FromMinutes(1));
            throw new ServiceBusException(isTransient: true, "It is away.");
        });
        rig = new JobRig(_ => work);
        var job = await rig.StartAsync();

        await rig.RunNextAsync();

        Assert.Equal(Some.Time, (await rig.ReadAsync(job)).UpdatedAt);
    }

    [Theory]
    [InlineData(JobKind.Resume, "Pause the subscription to keep the rest parked")]
    [InlineData(JobKind.Discard, "stays done")]
    internal async Task A_stopped_job_says_what_becomes_of_the_rest(JobKind kind, string expected)
    {
        var rig = new JobRig(_ => new ScriptedWork(kind));
        var job = await rig.StartAsync(kind);
        await rig.Jobs.ChangeAsync(await rig.ReadAsync(job), now => now with { StopRequested = true }, default);

        await rig.RunAllAsync();

        var stopped = await rig.ReadAsync(job);
        Assert.Equal(JobState.Stopped, stopped.State);
        Assert.Contains(expected, stopped.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_bus_away_within_a_step_puts_the_step_back_too()
    {
        var work = new ScriptedWork().Then(_ => throw new ServiceBusException(isTransient: true, "It is busy."));
        var rig = new JobRig(_ => work);
        var job = await rig.StartAsync();

        await rig.RunAllAsync();

        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
        Assert.Equal([0, 0], work.Worked.Select(worked => worked.Step));
    }

    [Fact]
    public async Task A_mistake_of_ours_fails_the_job_visibly_without_the_exceptions_words()
    {
        var rig = new JobRig(_ => new ScriptedWork().Then(_ => throw new InvalidOperationException("secret")));
        var job = await rig.StartAsync();

        await rig.RunAllAsync();

        var failed = await rig.ReadAsync(job);
        Assert.Equal(JobState.Failed, failed.State);
        Assert.Contains("InvalidOperationException", failed.Explanation, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failed.Explanation, StringComparison.Ordinal);
        Assert.False(rig.HasMore);
    }

    [Fact]
    public async Task A_kind_that_this_version_does_not_know_fails_the_job()
    {
        var rig = new JobRig(_ => new ScriptedWork(JobKind.Discard));
        var job = await rig.StartAsync(JobKind.Replay);

        await rig.RunAllAsync();

        Assert.Equal(JobState.Failed, (await rig.ReadAsync(job)).State);
    }

    [Fact]
    public async Task A_job_that_can_do_nothing_for_many_steps_fails_but_not_when_it_could_do_something_in_between()
    {
        var work = new ScriptedWork();
        var fruitless = new JobStep.Continue(TimeSpan.FromSeconds(10)) { WasFruitless = true };
        for (var i = 0; i < JobRunner.MaxFruitless; i++)
        {
            work.Then(fruitless);
        }

        work.Then(new JobStep.Continue(TimeSpan.Zero));
        for (var i = 0; i <= JobRunner.MaxFruitless; i++)
        {
            work.Then(fruitless);
        }

        var rig = new JobRig(_ => work);
        var job = await rig.StartAsync();

        await rig.RunAllAsync();

        Assert.Equal(JobState.Failed, (await rig.ReadAsync(job)).State);
        Assert.Equal(2 * JobRunner.MaxFruitless + 2, work.Worked.Count);
    }

    [Fact]
    public async Task Stopped_while_a_step_is_under_way_it_ends_at_the_next_and_keeps_what_the_step_did()
    {
        JobRig rig = null!;
        Job job = null!;
        var work = new ScriptedWork().Then(now =>
        {
            rig.Jobs.ChangeAsync(now, current => current with { StopRequested = true }, default).GetAwaiter().GetResult();
            return new JobStep.Continue(TimeSpan.Zero) { Counts = new JobCounts(5, 0, 0) };
        });
        rig = new JobRig(_ => work);
        job = await rig.StartAsync();

        await rig.RunAllAsync();

        var stopped = await rig.ReadAsync(job);
        Assert.Equal((JobState.Stopped, 5), (stopped.State, stopped.Counts.Taken));
        Assert.Single(work.Worked);
    }

    [Fact]
    public async Task Jobs_of_one_queue_work_one_after_the_other_and_those_of_another_at_the_same_time()
    {
        var work = new ScriptedWork().Then(new JobStep.Continue(TimeSpan.FromSeconds(30)));
        var rig = new JobRig(_ => work);
        var first = await rig.StartAsync();
        var second = await rig.StartAsync(tenant: "globex");
        var elsewhere = await rig.StartAsync(source: JobSource.Parked);

        await rig.RunNextAsync();
        await rig.RunNextAsync();
        await rig.RunNextAsync();

        Assert.Equal(JobState.Running, (await rig.ReadAsync(first)).State);
        Assert.Equal(JobState.Waiting, (await rig.ReadAsync(second)).State);
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(elsewhere)).State);

        await rig.RunAllAsync();

        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(first)).State);
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(second)).State);
        Assert.Equal([first.Id, elsewhere.Id, first.Id, second.Id], work.Worked.Select(job => job.Id));
    }

    [Fact]
    public async Task The_queue_of_a_job_that_ended_without_giving_it_back_is_taken_over()
    {
        var rig = new JobRig(_ => new ScriptedWork().Then(new JobStep.Continue(TimeSpan.FromSeconds(30))));
        var first = await rig.StartAsync();
        await rig.RunNextAsync();
        await rig.Jobs.ChangeAsync(await rig.ReadAsync(first), job => job.Ended(JobState.Failed, "Given up.", Some.Time), default);

        var second = await rig.StartAsync();
        await rig.RunAllAsync();

        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(second)).State);
    }

    [Fact]
    public async Task A_job_that_moves_on_to_another_queue_gives_the_first_one_back_at_once()
    {
        var work = new ScriptedWork().Then(new JobStep.Continue(TimeSpan.FromSeconds(60)) { Source = JobSource.Parked });
        var rig = new JobRig(_ => work);
        var first = await rig.StartAsync();
        await rig.RunNextAsync();
        var second = await rig.StartAsync();

        await rig.RunAllAsync();

        Assert.Equal([(first.Id, JobSource.DeliveriesDeadLetters), (first.Id, JobSource.Parked), (second.Id, JobSource.DeliveriesDeadLetters)], work.Worked.Select(job => (job.Id, job.Source)));
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(second)).State);
    }
}
