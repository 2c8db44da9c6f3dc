using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.DeadLetters;

public sealed class DiscardTests : IDisposable
{
    readonly DeadLetterApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Each_discarded_letter_leaves_a_record_of_ids_and_reason_and_nothing_is_sent()
    {
        _api.PutDelivery(1).PutDelivery(2, reason: "TTLExpiredException");

        var job = await _api.EndAsync(await _api.DiscardAsync(new { reason = "TTLExpiredException" }));

        var line = Assert.Single(_api.Discarded);
        Assert.Contains($"msg_{2:x32}", line, StringComparison.Ordinal);
        Assert.Contains("TTLExpiredException", line, StringComparison.Ordinal);
        Assert.Contains(job.Id, line, StringComparison.Ordinal);
        Assert.DoesNotContain("jane", line, StringComparison.OrdinalIgnoreCase);
        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Assert.Single(_api.DeadDeliveries.Messages);
        Assert.Empty(_api.Deliveries.Sent);
    }

    [Fact]
    public async Task One_is_discarded()
    {
        _api.PutDelivery(1).PutDelivery(2);

        await _api.EndAsync(await _api.DiscardOneAsync("deliveries", 1));

        Assert.Equal(2, Assert.Single(_api.DeadDeliveries.Messages).SequenceNumber);
    }

    [Fact]
    public async Task At_night_what_is_older_than_the_retention_goes_whosever_it_is_from_every_dead_letter_queue()
    {
        _api.PutDelivery(1, delivery => delivery with { Tenant = "globex" }, at: Some.Time.AddDays(-91))
            .PutDelivery(2, at: Some.Time.AddDays(-91))
            .PutDelivery(3, at: Some.Time.AddDays(-89));
        _api.DeadEvents.Put(DeadLetterApi.Poison("x", null), Some.Time.AddDays(-200));
        _api.DeadParked.Put(DeadLetterApi.Failed(4), Some.Time.AddDays(-100));
        _api.Parked.Put(DeadLetterApi.Failed(5), Some.Time.AddDays(-100))
            .Put(DeadLetterApi.Failed(6), Some.Time.AddDays(-80));

        await _api.RetainAsync();
        await _api.RetainAsync();
        await _api.Rig.RunAllAsync();

        Assert.Equal(3, Assert.Single(_api.DeadDeliveries.Messages).SequenceNumber);
        Assert.Empty(_api.DeadEvents.Messages);
        Assert.Empty(_api.DeadParked.Messages);
        Assert.Equal(2, Assert.Single(_api.Parked.Messages).SequenceNumber);
        Assert.Equal(5, _api.Discarded.Count);
        // One job a queue and night, however often the timer fires.
        Assert.Equal(4, await _api.Rig.Jobs.ListAsync(JobTenant.System, null, 1000, default).CountAsync());

        _api.Rig.Time.Advance(TimeSpan.FromDays(1));
        await _api.RetainAsync(days: 3650);
        Assert.Equal(8, await _api.Rig.Jobs.ListAsync(JobTenant.System, null, 1000, default).CountAsync());
    }

    [Fact]
    public async Task A_search_among_very_many_tenants_takes_several_steps()
    {
        const int Tenants = 20;
        for (var number = 1; number <= Tenants; number++)
        {
            _api.PutDelivery(
                number, delivery => delivery with { Tenant = $"tenant-{number:00}" },
                at: Some.Time.AddDays(number == Tenants ? -91 : -1));
        }

        await _api.RetainAsync();
        _api.Rig.Tables.Before = call =>
        {
            _api.Rig.Time.Advance(TimeSpan.FromSeconds(call == "query" ? 10 : 0));
            return Task.CompletedTask;
        };
        var began = _api.Rig.Time.GetUtcNow();
        await _api.Rig.RunNextAsync();
        Assert.InRange(
            _api.Rig.Time.GetUtcNow() - began, IndexedWork.LongestStep, IndexedWork.LongestStep * 1.5);

        await _api.Rig.RunAllAsync();

        Assert.Equal(Tenants - 1, _api.DeadDeliveries.Messages.Count);
        Assert.All(
            await _api.Rig.Jobs.ListAsync(JobTenant.System, null, 1000, default).ToListAsync(),
            job => Assert.Equal(JobState.Succeeded, job.State));
    }

    [Fact]
    public async Task A_night_on_which_nothing_is_discarded_is_logged_with_the_reason()
    {
        await _api.RetainAsync();
        Assert.Empty(_api.Retention);
        await _api.RetainAsync(days: 30);
        Assert.Equal(4, _api.Retention.Count(line => line.Contains("30 days", StringComparison.Ordinal)));

        for (var night = 0; night < JobStarter.MaxUnfinished; night++)
        {
            _api.Rig.Time.Advance(TimeSpan.FromDays(1));
            await _api.RetainAsync();
        }

        Assert.Contains(
            _api.Retention,
            line => line.Contains($"{JobStarter.MaxUnfinished} earlier jobs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_queue_whose_job_cannot_be_started_does_not_keep_the_others_and_the_next_run_starts_it()
    {
        var failure = new AggregateException(Outages.Unavailable());
        var left = new Queue<Exception>([failure]);
        _api.Rig.Tables.Before = call =>
            call == "transaction" && left.TryDequeue(out var first) ? throw first : Task.CompletedTask;

        var failed = await Assert.ThrowsAsync<AggregateException>(() => _api.StartRetentionAsync());

        Assert.Same(failure, Assert.Single(failed.InnerExceptions));
        Assert.StartsWith($"1 of 4 failed: {JobSources.All[0]}.", failed.Message, StringComparison.Ordinal);
        Assert.Equal(3, await _api.Rig.Jobs.ListAsync(JobTenant.System, null, 1000, default).CountAsync());
        _api.Rig.Time.Advance(TimeSpan.FromHours(1));
        await _api.RetainAsync();
        Assert.Equal(4, await _api.Rig.Jobs.ListAsync(JobTenant.System, null, 1000, default).CountAsync());
    }

    [Theory]
    [InlineData("90", true)]
    [InlineData("1", true)]
    [InlineData("3650", true)]
    [InlineData("0", false)]
    [InlineData("3651", false)]
    public void The_retention_is_bounded(string days, bool valid)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DeadLetters:RetentionDays", days)])
            .Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddDeadLetters()
            .BuildServiceProvider();

        Assert.Equal(
            valid, Record.Exception(() => services.GetRequiredService<IOptions<DeadLetterOptions>>().Value) is null);
    }
}
