using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Jobs;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// A job stood still for ten minutes, and counted double, when the answer to its row's update was lost: the client
/// updated it again, met the version that it had written itself, and took that for somebody else's.
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

        Assert.Null(await rig.Jobs.AdvanceAsync(job, new JobCounts(100, 0), JobPlace.Start, default));
        Assert.Equal(0, (await rig.ReadAsync(job)).Counts.Taken);
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

    static bool IsEnd(string line) => line.Contains("ended as Succeeded", StringComparison.Ordinal);
}
