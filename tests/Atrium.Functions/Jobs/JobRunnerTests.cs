using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Jobs;

public sealed class JobRunnerTests
{
    static readonly TimeSpan Wait = TimeSpan.FromSeconds(7);
    static readonly JobPlace Place = new("acme|deliveries_1", 2, true, true);

    [Fact]
    public async Task A_job_goes_on_from_step_to_step_until_it_has_finished_and_adds_up_what_it_did()
    {
        var work = new ScriptedWork()
            .Then(new JobStep.Continue(Wait) { Counts = new JobCounts(3, 1), Place = Place })
            .Then(new JobStep.Continue(TimeSpan.Zero) { Counts = new JobCounts(2, 0) })
            .Then(new JobStep.Finished { Counts = new JobCounts(1, 0) });
        await using var rig = new JobRig(work);
        var job = await rig.StartAsync();

        await rig.RunNextAsync();
        var running = await rig.ReadAsync(job);
        await rig.RunAllAsync();
        var ended = await rig.ReadAsync(job);

        Assert.Equal(
            (JobState.Running, 1, Place, 3), (running.State, running.Step, running.Place, running.Counts.Taken));
        Assert.Equal((JobState.Succeeded, new JobCounts(6, 1)), (ended.State, ended.Counts));
        Assert.Equal(Some.Time + Wait, ended.EndedAt);
        Assert.Equal([0, 1, 2], work.Worked.Select(worked => worked.Step));
        Assert.Equal(
            rig.Messages.Sent.Count, rig.Messages.Sent.Select(message => message.MessageId).Distinct().Count());
        Assert.Equal(rig.Messages.Sent.Count, rig.Actions.Completed.Count);
    }

    [Fact]
    public async Task A_step_whose_process_died_before_its_outcome_was_recorded_is_repeated()
    {
        var work = new ScriptedWork().Then(_ => throw new OperationCanceledException());
        await using var rig = new JobRig(work);
        var job = await rig.StartAsync();

        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => rig.RunAsync(rig.Messages.Sent[0], stopping.Token));
        await rig.RunAllAsync();

        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
        Assert.Equal([0, 0], work.Worked.Select(worked => worked.Step));
    }

    [Fact]
    public async Task A_step_whose_process_died_before_the_next_was_sent_is_not_repeated_and_the_next_is_sent_again()
    {
        var work = new ScriptedWork().Then(new JobStep.Continue(Wait));
        await using var rig = new JobRig(work);
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
        await using var rig = new JobRig(new ScriptedWork().Then(new JobStep.Continue(Wait)));
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
        await using var rig = new JobRig(work);
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
    public async Task Of_two_that_do_a_step_the_first_says_how_far_it_is_and_what_both_took_is_counted()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.ReadAsync(await rig.StartAsync());

        var first = await rig.Jobs.AdvanceAsync(job, new JobCounts(3, 1), Place, default);
        var second = await rig.Jobs.AdvanceAsync(
            job, new JobCounts(2, 1), Place with { After = "acme|deliveries_2" }, default);

        Assert.NotNull(first);
        Assert.Null(second);
        var now = await rig.ReadAsync(job);
        Assert.Equal((Place, new JobCounts(5, 1)), (now.Place, now.Counts));
    }

    [Fact]
    public async Task A_step_with_which_another_goes_on_neither_ends_it_nor_sends_the_next()
    {
        var work = new ScriptedWork();
        await using var rig = new JobRig(work);
        work.Then(now =>
        {
            rig.Jobs.AdvanceAsync(now, new JobCounts(3, 1), Place, default).GetAwaiter().GetResult();
            return new JobStep.Finished { Counts = new JobCounts(2, 1) };
        });
        var job = await rig.StartAsync();

        await rig.RunNextAsync();

        var now = await rig.ReadAsync(job);
        Assert.Equal((0, Place, new JobCounts(5, 1)), (now.Step, now.Place, now.Counts));
        Assert.False(now.HasEnded);
        Assert.False(rig.HasMore);
    }

    [Fact]
    public async Task What_is_no_step_of_a_job_is_dead_lettered_with_what_is_wrong()
    {
        await using var rig = new JobRig(new ScriptedWork());

        await rig.RunAsync(new ServiceBusMessage("?") { MessageId = "1" });
        await rig.RunAsync(
            new ServiceBusMessage("?")
            {
                MessageId = "2",
                ApplicationProperties = { ["version"] = 1, ["tenant"] = "acme", ["job"] = "../x" }
            });

        Assert.Equal(["InvalidJob", "InvalidJob"], rig.Actions.DeadLettered.Select(letter => letter.Reason));
        Assert.Contains("version is missing", rig.Actions.DeadLettered[0].Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JobKind.Resume, "Pause the subscription to keep the rest parked")]
    [InlineData(JobKind.Discard, "stays done")]
    internal async Task A_stopped_job_says_what_becomes_of_the_rest(JobKind kind, string expected)
    {
        await using var rig = new JobRig(new ScriptedWork(kind));
        var job = await rig.StartAsync(kind);
        await rig.Jobs.ChangeAsync(await rig.ReadAsync(job), now => now with { StopRequested = true }, default);

        await rig.RunAllAsync();

        var stopped = await rig.ReadAsync(job);
        Assert.Equal(JobState.Stopped, stopped.State);
        Assert.Contains(expected, stopped.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopped_while_a_step_is_under_way_it_ends_at_the_next_and_keeps_what_the_step_did()
    {
        var work = new ScriptedWork();
        await using var rig = new JobRig(work);
        work.Then(now =>
        {
            rig.Jobs.ChangeAsync(now, current => current with { StopRequested = true }, default).GetAwaiter()
                .GetResult();
            return new JobStep.Continue(TimeSpan.Zero) { Counts = new JobCounts(5, 0) };
        });
        var job = await rig.StartAsync();

        await rig.RunAllAsync();

        var stopped = await rig.ReadAsync(job);
        Assert.Equal((JobState.Stopped, 5), (stopped.State, stopped.Counts.Taken));
        Assert.Single(work.Worked);
    }
}
