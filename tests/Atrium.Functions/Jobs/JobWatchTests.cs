using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Jobs;

public sealed class JobWatchTests
{
    static readonly TimeSpan Silence = JobWatch.Silence;

    [Fact]
    public async Task A_job_whose_message_was_lost_is_sent_again_under_an_id_of_its_own_and_goes_on()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.StartAsync();
        await rig.RunNextAsync(dies: true);
        var lost = await rig.StartAsync();

        rig.Time.Advance(Silence - TimeSpan.FromSeconds(1));
        await WatchAsync(rig);
        Assert.Equal(2, rig.Messages.Sent.Count);

        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await WatchAsync(rig);
        await rig.RunAsync(rig.Messages.Sent[2]);

        Assert.Equal($"{lost.Id}:0:1.0", rig.Messages.Sent[2].MessageId);
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(lost)).State);
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(job)).State);
    }

    [Fact]
    public async Task After_three_nudges_without_progress_the_job_fails_and_says_so()
    {
        await using var rig = new JobRig();
        var job = await rig.StartAsync();

        for (var i = 0; i <= JobWatch.MaxNudges; i++)
        {
            Assert.False((await rig.ReadAsync(job)).HasEnded);
            rig.Time.Advance(Silence);
            await WatchAsync(rig);
        }

        await WatchAsync(rig);
        var failed = await rig.ReadAsync(job);
        Assert.Equal(JobState.Failed, failed.State);
        Assert.NotNull(failed.Explanation);
        Assert.Equal(4, rig.Messages.Sent.Select(message => message.MessageId).Distinct().Count());
        Assert.Equal([GivenUp(job)], LinesOf(rig));
    }

    [Fact]
    public async Task A_step_that_could_not_be_sent_again_is_no_help_that_failed_however_often()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var job = await rig.StartAsync();
        const int Looks = 2 * JobWatch.MaxNudges;
        for (var look = 0; look < Looks; look++)
        {
            rig.Messages.FailWith(
                new ServiceBusException("It is disabled.", ServiceBusFailureReason.MessagingEntityDisabled));
            rig.Time.Advance(Silence);
            await Assert.ThrowsAsync<AggregateException>(() => WatchAsync(rig));
        }

        Assert.Equal((JobState.Waiting, 0), await StateAsync(rig, job));
        await WatchAsync(rig);

        Assert.Equal((JobState.Waiting, 1), await StateAsync(rig, job));
        Assert.Equal([$"{job.Id}:0:0.0", $"{job.Id}:0:1.0"], rig.Messages.Sent.Select(message => message.MessageId));
    }

    [Fact]
    public async Task A_step_that_was_sent_again_and_could_not_be_counted_is_sent_once_more_by_the_same_id()
    {
        await using var rig = new JobRig();
        var job = await rig.StartAsync();
        rig.Time.Advance(Silence);
        rig.Tables.Before = call => call == "update" ? throw Outages.Unavailable() : Task.CompletedTask;
        await Assert.ThrowsAsync<AggregateException>(() => WatchAsync(rig));
        rig.Tables.Before = _ => Task.CompletedTask;

        await WatchAsync(rig);

        Assert.Equal((JobState.Waiting, 1), await StateAsync(rig, job));
        Assert.Equal(
            [$"{job.Id}:0:0.0", $"{job.Id}:0:1.0", $"{job.Id}:0:1.0"],
            rig.Messages.Sent.Select(message => message.MessageId));
    }

    [Fact]
    public async Task A_job_that_is_given_up_is_told_though_the_answer_that_says_so_is_lost()
    {
        await using var rig = new JobRig();
        var job = await rig.StartAsync();
        for (var i = 0; i < JobWatch.MaxNudges; i++)
        {
            rig.Time.Advance(Silence);
            await WatchAsync(rig);
        }

        rig.Time.Advance(Silence);
        rig.Tables.AnswerLost = "update";
        rig.Tables.AfterLoss = () => throw Outages.Unavailable();
        await Assert.ThrowsAsync<AggregateException>(() => WatchAsync(rig));
        Assert.Equal(JobState.Failed, (await rig.ReadAsync(job)).State);
        Assert.Empty(LinesOf(rig));

        await WatchAsync(rig);
        await WatchAsync(rig);

        Assert.Equal([GivenUp(job)], LinesOf(rig));
    }

    [Fact]
    public async Task Progress_within_a_step_counts_as_a_sign_of_life()
    {
        await using var rig = new JobRig();
        var job = await rig.StartAsync();
        rig.Time.Advance(Silence);
        Assert.NotNull(
            await rig.Jobs.AdvanceAsync(await rig.ReadAsync(job), new JobCounts(1, 0), JobPlace.Start, default));

        await WatchAsync(rig);

        Assert.Single(rig.Messages.Sent);
    }

    [Fact]
    public async Task Jobs_that_have_ended_are_kept_for_ninety_days_and_then_their_keys_go_with_them()
    {
        await using var rig = new JobRig(new ScriptedWork());
        var old = await rig.StartAsync(key: "k");
        await rig.RunAllAsync();
        rig.Time.Advance(JobWatch.Retention - TimeSpan.FromSeconds(1));
        await WatchAsync(rig);
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(old)).State);

        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await WatchAsync(rig);

        Assert.Null(await rig.Jobs.FindAsync(old.Tenant, old.Id, default));
        Assert.NotEqual(old.Id, (await rig.StartAsync(key: "k")).Id);
    }

    [Fact]
    public async Task One_job_that_cannot_be_helped_does_not_keep_the_others()
    {
        await using var rig = new JobRig(new ScriptedWork());
        await rig.StartAsync();
        await rig.StartAsync(tenant: "globex");
        await rig.RunAllAsync();
        var (lost, lostToo) = (await rig.StartAsync(), await rig.StartAsync(tenant: "globex"));
        rig.Time.Advance(JobWatch.Retention);
        var seen = new HashSet<string>();
        rig.Tables.Before = call =>
            call is "update" or "delete" && seen.Add(call) ? throw Outages.Unavailable() : Task.CompletedTask;

        var failed = await Assert.ThrowsAsync<AggregateException>(() => WatchAsync(rig));

        Assert.StartsWith("2 of 6 failed: job_", failed.Message, StringComparison.Ordinal);

        Assert.Equal(
            [0, 1],
            new[] { await rig.ReadAsync(lost), await rig.ReadAsync(lostToo) }.Select(job => job.Nudges).Order());
        // Both that had ended are gone, though the mark of one stays until the next time.
        Assert.Equal(
            new[] { Some.Tenant, "globex" },
            rig.Tables.Table("Jobs").Rows.Select(row => row.PartitionKey).Where(name => name[0] != '@').Order());
    }

    [Fact]
    public async Task It_asks_for_its_marks_and_not_through_the_jobs_of_all_tenants()
    {
        await using var rig = new JobRig(new ScriptedWork());
        for (var i = 0; i < 10; i++)
        {
            await rig.StartAsync(tenant: $"tenant-{i}");
        }

        await rig.RunAllAsync();
        await WatchAsync(rig);
        var lost = await rig.StartAsync();
        var before = rig.Tables.Table("Jobs").RowsGiven;

        await WatchAsync(rig);

        Assert.Equal(1, rig.Tables.Table("Jobs").RowsGiven - before);
        Assert.NotNull(await rig.Jobs.FindAsync(lost.Tenant, lost.Id, default));
    }

    [Fact]
    public async Task The_mark_of_a_job_that_was_never_made_is_removed()
    {
        await using var rig = new JobRig();
        rig.Tables.Before = call => call == "transaction" ? throw Outages.Unavailable() : Task.CompletedTask;
        await Assert.ThrowsAsync<RequestFailedException>(() => rig.StartAsync());
        rig.Tables.Before = _ => Task.CompletedTask;

        await WatchAsync(rig);
        Assert.Single(rig.Tables.Table("Jobs").Rows);
        rig.Time.Advance(Silence);
        await WatchAsync(rig);

        Assert.Empty(rig.Tables.Table("Jobs").Rows);
    }

    static string GivenUp(Job job) =>
        $"Job {job.Id} of tenant {job.Tenant} makes no progress in step 0 and is given up";

    static IEnumerable<string> LinesOf(JobRig rig) =>
        rig.Logged.Of<JobWatch>().Where(line => line.Contains("given up", StringComparison.Ordinal));

    static async Task<(JobState State, int Nudges)> StateAsync(JobRig rig, Job job) =>
        await rig.ReadAsync(job) is var read ? (read.State, read.Nudges) : default;

    static Task WatchAsync(JobRig rig) => rig.Get<JobWatch>().RunAsync(default);
}
