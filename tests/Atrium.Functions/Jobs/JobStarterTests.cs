using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Jobs;

public sealed class JobStarterTests
{
    [Fact]
    public async Task Asked_for_again_under_the_same_key_it_is_the_same_job_and_its_first_step_is_sent_again()
    {
        await using var rig = new JobRig();

        var first = await rig.StartAsync(key: "k");
        rig.Time.Advance(TimeSpan.FromMinutes(3));
        var again = await rig.StartAsync(key: "k");

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(2, rig.Messages.Sent.Count);
        Assert.Single(rig.Messages.Sent.Select(message => message.MessageId).Distinct());
    }

    [Fact]
    public async Task A_job_whose_first_step_could_not_be_sent_is_sent_when_it_is_asked_for_again()
    {
        await using var rig = new JobRig();
        rig.Messages.FailWith(new ServiceBusException(isTransient: true, "It is away."));

        await Assert.ThrowsAsync<ServiceBusException>(() => rig.StartAsync(key: "k"));
        await rig.StartAsync(key: "k");

        Assert.Single(rig.Messages.Sent);
        Assert.Single(await rig.Jobs.ListAsync(Some.Tenant, null, 1000, default).ToListAsync());
    }

    [Theory]
    [InlineData(JobKind.Discard, JobSource.DeliveriesDeadLetters, "{}")]
    [InlineData(JobKind.Replay, JobSource.ParkedDeadLetters, "{}")]
    [InlineData(JobKind.Replay, JobSource.DeliveriesDeadLetters, """{"all":true}""")]
    internal async Task Another_request_under_the_same_key_is_refused(JobKind kind, JobSource source, string arguments)
    {
        await using var rig = new JobRig();
        await rig.StartAsync(key: "k");

        Assert.IsType<JobStarter.Result.KeyUsed>(
            await rig.Starter.StartAsync(new(Some.Tenant, kind, source, arguments) { Key = "k" }, default));
    }

    [Fact]
    public async Task Two_tenants_can_use_the_same_key()
    {
        await using var rig = new JobRig();

        var first = await rig.StartAsync(key: "k");
        var second = await rig.StartAsync(JobKind.Discard, key: "k", tenant: "globex");

        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task Two_requests_under_one_key_at_the_same_moment_make_one_job()
    {
        await using var rig = new JobRig();
        await rig.StartAsync();
        using var hold = new Hold(rig.Tables, "transaction");

        var first = rig.StartAsync(key: "k");
        await hold.Reached;
        hold.LetPass();
        var second = await rig.StartAsync(key: "k");
        hold.Release();

        Assert.Equal(second.Id, (await first).Id);
    }

    [Fact]
    public async Task A_key_whose_job_is_removed_at_the_moment_is_free_and_the_job_that_is_told_of_exists()
    {
        await using var rig = new JobRig();
        await rig.StartAsync();
        Job? old = null;
        rig.Tables.Before = async call =>
        {
            if (call == "transaction" && old is null)
            {
                rig.Tables.Before = _ => Task.CompletedTask;
                old = await rig.StartAsync(key: "k");
                rig.Tables.Before = next =>
                {
                    // Between the refusal and the look for the job that has the key.
                    rig.Tables.Before = _ => Task.CompletedTask;
                    return next == "get" ? rig.Jobs.RemoveAsync(old, default) : Task.CompletedTask;
                };
            }
        };

        var job = await rig.StartAsync(key: "k");

        Assert.NotEqual(old!.Id, job.Id);
        Assert.NotNull(await rig.Jobs.FindAsync(job.Tenant, job.Id, default));
        Assert.Equal(job.Id, (await rig.StartAsync(key: "k")).Id);
    }

    [Fact]
    public async Task Jobs_that_have_ended_are_not_even_read_to_start_another()
    {
        await using var rig = new JobRig(new ScriptedWork());
        for (var i = 0; i < 2 * JobStarter.MaxUnfinished; i++)
        {
            await rig.StartAsync();
            await rig.RunAllAsync();
        }

        var before = rig.Tables.Table("Jobs").RowsGiven;
        await rig.StartAsync();

        Assert.Equal(0, rig.Tables.Table("Jobs").RowsGiven - before);
    }

    [Fact]
    public async Task Without_a_key_each_request_is_a_job_and_twenty_that_have_not_ended_are_the_most()
    {
        await using var rig = new JobRig(new ScriptedWork());
        for (var i = 0; i < JobStarter.MaxUnfinished; i++)
        {
            await rig.StartAsync();
        }

        Assert.IsType<JobStarter.Result.TooMany>(
            await rig.Starter.StartAsync(new(Some.Tenant, JobKind.Replay, JobSource.Parked, "{}"), default));
        Assert.IsType<JobStarter.Result.Started>(
            await rig.Starter.StartAsync(new("globex", JobKind.Replay, JobSource.Parked, "{}"), default));

        await rig.RunAllAsync();
        Assert.IsType<JobStarter.Result.Started>(
            await rig.Starter.StartAsync(new(Some.Tenant, JobKind.Replay, JobSource.Parked, "{}"), default));
    }
}
