using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Jobs;

/// <summary>One job at a time works on a queue.</summary>
public sealed class JobSlotTests
{
    [Fact]
    public async Task Jobs_of_one_queue_work_one_after_the_other_and_those_of_another_at_the_same_time()
    {
        var work = new ScriptedWork().Then(new JobStep.Continue(TimeSpan.FromSeconds(30)));
        await using var rig = new JobRig(work);
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
        await using var rig = new JobRig(new ScriptedWork().Then(new JobStep.Continue(TimeSpan.FromSeconds(30))));
        var first = await rig.StartAsync();
        await rig.RunNextAsync();
        await rig.Jobs.ChangeAsync(
            await rig.ReadAsync(first), job => job.Ended(JobState.Failed, "Given up.", Some.Time), default);

        var second = await rig.StartAsync();
        await rig.RunAllAsync();

        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(second)).State);
    }

    [Fact]
    public async Task A_job_that_moves_on_to_another_queue_gives_the_first_one_back_at_once()
    {
        var work = new ScriptedWork()
            .Then(new JobStep.Continue(TimeSpan.FromSeconds(60)) { Source = JobSource.Parked });
        await using var rig = new JobRig(work);
        var first = await rig.StartAsync();
        await rig.RunNextAsync();
        var second = await rig.StartAsync();

        await rig.RunAllAsync();

        Assert.Equal(
            [(first.Id, JobSource.DeliveriesDeadLetters), (first.Id, JobSource.Parked),
            (second.Id, JobSource.DeliveriesDeadLetters)], work.Worked.Select(job => (job.Id, job.Source)));
        Assert.Equal(JobState.Succeeded, (await rig.ReadAsync(second)).State);
    }
}
