using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Jobs;

/// <summary>What lies in front of the chosen ones, and may be another tenant's.</summary>
public sealed class SweepPastOthersTests : SweepTests
{
    [Fact]
    public async Task Chosen_ones_that_the_queue_never_gives_in_time_fail_the_job_in_the_end()
    {
        Put(3 * QueueSweep.BatchSize, _ => "leave");
        Put(1, _ => "take");
        Queue.BeforeReceive = _ =>
        {
            Rig.Time.Advance(TimeSpan.FromSeconds(23));
            return Task.CompletedTask;
        };

        var job = await RunAsync();

        Assert.Equal((JobState.Failed, 0), (job.State, job.Counts.Taken));
        Assert.Contains("Then start the job again", job.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chosen_ones_behind_more_others_than_can_be_held_fail_the_job_which_says_what_to_do()
    {
        Put(QueueSweep.MaxHeld + QueueSweep.BatchSize, _ => "leave");
        Put(1, _ => "take");

        var job = await RunAsync();

        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains($"behind {QueueSweep.MaxHeld} others", job.Explanation, StringComparison.Ordinal);
        Assert.Contains(
            "may be another tenant's: whoever runs the app can replay or discard them", job.Explanation,
            StringComparison.Ordinal);
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
        Assert.All(
            Queue.Take(int.MaxValue), message => Assert.Equal(body.ToMemory().Length, message.Body.ToMemory().Length));
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
            var message = new ServiceBusMessage(
                "body")
            { Subject = "leave", ApplicationProperties = { ["tenant"] = i < 3 ? Some.Tenant : "globex" } };
            Queue.Put(message);
        }

        Put(1, _ => "take");

        Assert.Equal(new JobCounts(1, 3, 0) { Staying = 3 }, (await RunAsync()).Counts);
    }

    [Fact]
    public async Task The_apps_own_jobs_count_everyones_that_were_passed_over()
    {
        Put(5, _ => "leave");
        Queue.Put(
            new ServiceBusMessage("body") { Subject = "leave", ApplicationProperties = { ["tenant"] = "globex" } });
        Put(1, _ => "take");
        Rig.Time.Advance(TimeSpan.FromSeconds(1));
        var job = await Rig.StartAsync(tenant: JobTenant.System);

        await Rig.RunAllAsync();

        Assert.Equal(new JobCounts(1, 6, 0) { Staying = 6 }, (await Rig.ReadAsync(job)).Counts);
    }

    [Fact]
    public async Task Others_that_cannot_be_given_back_come_again_when_their_locks_have_run_out_and_the_job_goes_on()
    {
        Put(3, _ => "leave");
        Put(1, _ => "take");
        Queue.Fault = call => call == "abandon" ? new ServiceBusException(isTransient: true, "It is away.") : null;

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Rig.Time.Advance(FakeQueue.LockDuration);
        Assert.Equal(3, Queue.Take(10).Count);
    }
}
