using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Jobs;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// A job stood still for ten minutes, and counted double, when the answer to its row's update was lost: the client
/// updated it again, met the version that it had written itself, and took that for somebody else's. And it did so again
/// when somebody else had written the row in between, or when no answer came at all.
/// </summary>
public sealed class B2LostAnswerTests
{
    [Fact]
    public async Task A_step_whose_recording_lost_its_answer_sends_for_the_next()
    {
        await using var rig = new JobRig(new ScriptedWork().Then(new JobStep.Continue(TimeSpan.Zero)));
        var job = await rig.StartAsync();
        rig.Tables.AnswerLost = "update";

        await rig.RunNextAsync();

        Assert.Null(rig.Tables.AnswerLost);
        Assert.True(rig.HasMore);
        await rig.RunAllAsync();
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
    }

    [Fact]
    public async Task The_end_whose_recording_lost_its_answer_is_logged_and_sends_for_nothing_more()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.StartAsync();
        rig.Tables.AnswerLost = "update";

        await rig.RunNextAsync();

        Assert.Null(rig.Tables.AnswerLost);
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
        Assert.Single(rig.Logged.Of<JobRunner>(), line => IsEnd(line));
        Assert.False(rig.HasMore);
    }

    [Fact]
    public async Task An_end_that_was_recorded_without_an_answer_is_logged_when_the_step_comes_again()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.StartAsync();
        rig.Tables.AnswerLost = "update";
        rig.Tables.AfterLoss = () => throw new TaskCanceledException("No answer came.");
        await rig.RunNextAsync();
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
        Assert.DoesNotContain(rig.Logged.Of<JobRunner>(), IsEnd);

        await rig.RunAllAsync();

        Assert.Single(rig.Logged.Of<JobRunner>(), line => IsEnd(line));
    }

    [Fact]
    public async Task What_was_done_is_counted_once()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.ReadAsync(await rig.StartAsync());
        rig.Tables.AnswerLost = "update";

        var advanced = await rig.Jobs.AdvanceAsync(job, new JobCounts(100, 0), JobPlace.Start, default);

        Assert.Null(rig.Tables.AnswerLost);
        Assert.Equal(100, advanced!.Counts.Taken);
        Assert.Equal(100, (await rig.ReadAsync(job)).Counts.Taken);
        var again = await rig.Jobs.AdvanceAsync(advanced, new JobCounts(1, 0), JobPlace.Start, default);
        Assert.Equal(101, again!.Counts.Taken);
    }

    [Fact]
    public async Task Somebody_elses_write_is_still_somebody_elses()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.ReadAsync(await rig.StartAsync());
        await rig.Jobs.ChangeAsync(job, now => now with { Step = now.Step + 1 }, default);

        Assert.Null(await rig.Jobs.AdvanceAsync(job, new JobCounts(1, 100), JobPlace.Start, default));
        Assert.Equal(new JobCounts(1, 0), (await rig.ReadAsync(job)).Counts);
    }

    [Fact]
    public async Task A_job_whose_adding_lost_its_answer_is_started_once()
    {
        await using var rig = new JobRig(new ScriptedWork());
        rig.Tables.AnswerLost = "transaction";
        var job = await rig.StartAsync(key: "k");
        Assert.Null(rig.Tables.AnswerLost);
        Assert.Equal(job.Id, (await rig.StartAsync(key: "k")).Id);
        await rig.RunAllAsync();
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
    }

    [Fact]
    public async Task A_step_whose_recording_lost_its_answer_sends_for_the_next_though_a_stop_was_written_after_it()
    {
        await using var rig = new JobRig(new ScriptedWork().Then(new JobStep.Continue(TimeSpan.Zero)));
        var job = await rig.StartAsync();
        rig.Tables.AnswerLost = "update";
        rig.Tables.AfterLoss = () => StopAsync(rig);

        await rig.RunNextAsync();

        Assert.Null(rig.Tables.AnswerLost);
        Assert.True((await rig.ReadAsync(job)).StopRequested);
        Assert.True(rig.HasMore);
        await rig.RunAllAsync();
        Assert.Equal(JobState.Stopped, (await rig.ReadAsync(job)).State);
    }

    [Fact]
    public async Task What_was_done_is_counted_once_though_a_stop_was_written_after_it()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.ReadAsync(await rig.StartAsync());
        rig.Tables.AnswerLost = "update";
        rig.Tables.AfterLoss = () => StopAsync(rig);

        var advanced = await rig.Jobs.AdvanceAsync(job, new JobCounts(100, 0), JobPlace.Start, default);

        Assert.Equal((true, 100), (advanced!.StopRequested, advanced.Counts.Taken));
        Assert.Equal(100, (await rig.ReadAsync(job)).Counts.Taken);
        var again = await rig.Jobs.AdvanceAsync(advanced, new JobCounts(1, 0), JobPlace.Start, default);
        Assert.Equal((true, 101), (again!.StopRequested, again.Counts.Taken));
    }

    [Fact]
    public async Task What_was_done_is_counted_once_though_the_watch_sent_the_step_again_after_it()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.ReadAsync(await rig.StartAsync());
        rig.Tables.AnswerLost = "update";
        rig.Tables.AfterLoss = () => WatchAsync(rig);

        var advanced = await rig.Jobs.AdvanceAsync(job, new JobCounts(100, 0), JobPlace.Start, default);

        Assert.Equal((1, 100), (advanced!.Nudges, advanced.Counts.Taken));
        Assert.Equal(100, (await rig.ReadAsync(job)).Counts.Taken);
    }

    [Fact]
    public async Task What_was_done_is_counted_once_though_two_work_on_the_step()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.ReadAsync(await rig.StartAsync());
        rig.Tables.AnswerLost = "update";
        rig.Tables.AfterLoss = async () =>
            await rig.Jobs.AdvanceAsync(await rig.ReadAsync(job), new JobCounts(10, 0), JobPlace.Start, default);

        await rig.Jobs.AdvanceAsync(job, new JobCounts(100, 0), JobPlace.Start, default);

        Assert.Equal(110, (await rig.ReadAsync(job)).Counts.Taken);
    }

    [Fact]
    public async Task A_count_without_an_answer_on_a_step_that_another_has_done_since_is_over()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.ReadAsync(await rig.StartAsync());
        rig.Tables.AnswerLost = "update";
        rig.Tables.AfterLoss = async () =>
            await rig.Jobs.ChangeAsync(await rig.ReadAsync(job), now => now with { Step = now.Step + 1 }, default);

        Assert.Null(await rig.Jobs.AdvanceAsync(job, new JobCounts(100, 0), JobPlace.Start, default));
        Assert.Equal(100, (await rig.ReadAsync(job)).Counts.Taken);
    }

    [Fact]
    public async Task A_count_that_is_sent_on_because_its_answer_never_came_is_not_added_again()
    {
        var work = new ScriptedWork().Then(
            _ => throw new InterruptedStepException(new(100, "mark"), Outages.Unavailable()));
        await using var rig = new JobRig(work);
        var job = await rig.StartAsync();
        rig.Tables.AnswerLost = "update";
        rig.Tables.AfterLoss = () => throw Outages.Unavailable();

        await rig.RunAllAsync();

        Assert.Null(rig.Tables.AnswerLost);
        var ended = await rig.ReadAsync(job);
        Assert.Equal((JobState.Succeeded, 100), (ended.State, ended.Counts.Taken));
    }

    [Fact]
    public async Task A_job_whose_adding_lost_its_answer_is_started_though_a_stop_was_written_after_it()
    {
        await using var rig = new JobRig(new ScriptedWork());
        rig.Tables.AnswerLost = "transaction";
        rig.Tables.AfterLoss = () => StopAsync(rig);

        var job = await rig.StartAsync();

        Assert.Null(rig.Tables.AnswerLost);
        await rig.RunAllAsync();
        Assert.Equal(JobState.Stopped, (await rig.ReadAsync(job)).State);
    }

    static async Task StopAsync(JobRig rig)
    {
        await foreach (var job in rig.Jobs.UnfinishedAsync(Some.Tenant, default))
        {
            await rig.Jobs.ChangeAsync(job, now => now with { StopRequested = true }, default);
        }
    }

    static Task WatchAsync(JobRig rig)
    {
        rig.Time.Advance(JobWatch.Silence);
        return rig.Get<JobWatch>().RunAsync(default);
    }

    static bool IsEnd(string line) => line.Contains("ended as Succeeded", StringComparison.Ordinal);
}
