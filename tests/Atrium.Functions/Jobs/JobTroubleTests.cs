using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Jobs;

/// <summary>What becomes of a job whose step fails.</summary>
public sealed class JobTroubleTests
{
    [Fact]
    public async Task While_a_dependency_is_away_the_step_comes_back_again_and_again_and_loses_nothing()
    {
        var work = new ScriptedWork();
        await using var rig = new JobRig(work);
        var job = await rig.StartAsync();
        rig.Tables.Outage = Outages.Unavailable;

        await rig.RunNextAsync();
        await rig.RunNextAsync();
        rig.Tables.Outage = null;
        await rig.RunAllAsync();

        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
        Assert.Equal(
            [$"{job.Id}:0:0.0", $"{job.Id}:0:0.1", $"{job.Id}:0:0.2"],
            rig.Messages.Sent.Select(message => message.MessageId));
        Assert.Single(work.Worked);
    }

    [Theory]
    [MemberData(nameof(SettlementFaults.Names), MemberType = typeof(SettlementFaults))]
    public async Task A_step_whose_message_could_not_be_completed_is_not_done_again_when_it_comes_again(string fault)
    {
        var work = new ScriptedWork();
        await using var rig = new JobRig(work);
        var job = await rig.StartAsync();
        rig.Actions.Fault = SettlementFaults.Of(fault);
        await rig.RunNextAsync(dies: true);
        rig.Actions.Fault = null;
        await rig.RunAllAsync();

        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
        Assert.Single(work.Worked);
        Assert.Single(rig.Actions.Completed);
    }

    [Fact]
    public async Task However_long_an_outage_takes_a_step_that_is_put_back_is_neither_sent_twice_nor_given_up()
    {
        var outage = true;
        var work = new ScriptedWork();
        for (var i = 0; i < 60; i++)
        {
            work.Then(
                _ => outage ? throw new ServiceBusException(isTransient: true, "It is away.") : new JobStep.Finished());
        }

        await using var rig = new JobRig(work);
        var job = await rig.StartAsync();
        while (rig.Time.GetUtcNow() < Some.Time + TimeSpan.FromMinutes(45))
        {
            await rig.RunNextAsync();
            await rig.Get<JobWatch>().RunAsync(default);
        }

        Assert.Equal((JobState.Waiting, 0), ((await rig.ReadAsync(job)).State, (await rig.ReadAsync(job)).Nudges));
        Assert.Equal(rig.Actions.Completed.Count + 1, rig.Messages.Sent.Count);
        outage = false;
        await rig.RunAllAsync();
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
    }

    [Fact]
    public async Task What_a_put_back_step_took_is_counted_though_the_watch_sent_the_step_again_and_that_was_faster()
    {
        var work = new ScriptedWork();
        await using var rig = new JobRig(work);
        work.Then(_ =>
        {
            rig.Tables.Outage = Outages.Unavailable;
            throw new InterruptedStepException(new(100, "mark"), Outages.Unavailable());
        });
        var job = await rig.StartAsync();
        while (rig.Time.GetUtcNow() < Some.Time + TimeSpan.FromMinutes(15))
        {
            await rig.RunNextAsync();
        }

        rig.Tables.Outage = null;
        await rig.Get<JobWatch>().RunAsync(default);
        await rig.RunAsync(rig.Messages.Sent[^1]);
        await rig.RunAllAsync();

        var ended = await rig.ReadAsync(job);
        Assert.Equal((JobState.Succeeded, 100), (ended.State, ended.Counts.Taken));
        Assert.Equal(2, work.Worked.Count);
    }

    [Fact]
    public async Task A_step_is_put_back_for_a_wait_from_when_the_queue_takes_it()
    {
        await using var rig = new JobRig(new ScriptedWork());
        await rig.StartAsync();
        rig.Tables.Outage = Outages.Unavailable;
        var busy = new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy);
        rig.Messages.FailWith(busy, busy, busy, busy);
        DateTimeOffset? taken = null;
        rig.Messages.Forward = _ => taken = rig.Time.GetUtcNow();
        var run = rig.RunNextAsync();
        await rig.Time.SkipAllAsync(run);
        await run;

        Assert.Equal(taken + PutBackSchedule.First, rig.Messages.Sent[^1].ScheduledEnqueueTime);
    }

    [Fact]
    public async Task A_put_back_of_a_step_that_was_done_meanwhile_is_no_sign_of_life()
    {
        var work = new ScriptedWork();
        await using var rig = new JobRig(work);
        work.Then(now =>
        {
            rig.Jobs.ChangeAsync(now, current => current with { Step = 1 }, default).GetAwaiter().GetResult();
            rig.Time.Advance(TimeSpan.FromMinutes(1));
            throw new ServiceBusException(isTransient: true, "It is away.");
        });
        var job = await rig.StartAsync();

        await rig.RunNextAsync();

        Assert.Equal(Some.Time, (await rig.ReadAsync(job)).UpdatedAt);
    }

    [Fact]
    public async Task Service_bus_away_within_a_step_puts_the_step_back_too()
    {
        var work = new ScriptedWork().Then(_ => throw new ServiceBusException(isTransient: true, "It is busy."));
        await using var rig = new JobRig(work);
        var job = await rig.StartAsync();

        await rig.RunAllAsync();

        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
        Assert.Equal([0, 0], work.Worked.Select(worked => worked.Step));
    }

    [Fact]
    public async Task A_row_that_others_change_each_time_is_left_for_later_as_in_an_outage()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.ReadAsync(await rig.StartAsync());
        var store = rig.Get<JobStore>();
        var updates = 0;
        rig.Tables.Before = async call =>
        {
            if (call == "update" && updates++ % 2 == 0)
            {
                Assert.NotNull(await store.ChangeAsync(await rig.ReadAsync(job), now => now, default));
            }
        };

        var failure = await Assert.ThrowsAsync<ContendedRowException>(
            () => store.ChangeAsync(job, now => now with { State = JobState.Stopped }, default));

        Assert.Contains(job.Id, failure.Message, StringComparison.Ordinal);
        Assert.True(Outage.IsOne(failure, default));
        Assert.Equal(JobState.Waiting, (await rig.ReadAsync(job)).State);
    }

    [Fact]
    public async Task A_mistake_of_ours_fails_the_job_visibly_without_the_exceptions_words()
    {
        await using var rig = new JobRig(new ScriptedWork().Then(_ => throw new InvalidOperationException("secret")));
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
        await using var rig = new JobRig(new ScriptedWork(JobKind.Discard));
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

        work.Then(new JobStep.Continue(TimeSpan.Zero) { WasFruitless = false });
        for (var i = 0; i <= JobRunner.MaxFruitless; i++)
        {
            work.Then(fruitless);
        }

        await using var rig = new JobRig(work);
        var job = await rig.StartAsync();

        await rig.RunAllAsync();

        Assert.Equal(JobState.Failed, (await rig.ReadAsync(job)).State);
        Assert.Equal(2 * JobRunner.MaxFruitless + 2, work.Worked.Count);
    }

    [Fact]
    public async Task Steps_between_that_do_not_know_yet_do_not_keep_it_from_failing()
    {
        var work = new ScriptedWork();
        for (var i = 0; i <= JobRunner.MaxFruitless; i++)
        {
            work.Then(new JobStep.Continue(TimeSpan.Zero))
                .Then(new JobStep.Continue(TimeSpan.FromSeconds(10)) { WasFruitless = true });
        }

        await using var rig = new JobRig(work);
        var job = await rig.StartAsync();

        await rig.RunAllAsync();

        Assert.Equal(JobState.Failed, (await rig.ReadAsync(job)).State);
    }
}
