using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Storage;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>
/// What a job takes was counted, or could have been, when it was asked for: a letter comes to its queue, and into the
/// index, later than its time of failure, which is when its last attempt was due.
/// </summary>
public sealed class JobBoundTests : IDisposable
{
    readonly DeadLetterApi _api = new();

    DateTimeOffset Now => _api.Rig.Time.GetUtcNow();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_job_with_an_end_leaves_what_was_listed_after_it()
    {
        var dialog = Now;
        _api.PutDelivery(1, at: dialog.AddMinutes(-5));
        var to = dialog.ToString("O");
        var counted = await _api.CountAsync($"to={Uri.EscapeDataString(to)}");
        // Its last attempt was due five seconds before, and timed out ten seconds after.
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(20));
        _api.PutDelivery(2, at: dialog.AddSeconds(-5));

        var job = await _api.EndAsync(await _api.DiscardAsync(new { subscriptionId = Some.SubscriptionId, to }));

        Assert.Equal(1, counted.Json.GetProperty("matching").GetInt32());
        Assert.Equal(((int?)1, 1), (job.Counts.Expected, job.Counts.Taken));
        Assert.Equal(["2"], DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Fact]
    public async Task A_job_for_all_leaves_what_was_listed_after_it_was_asked_for()
    {
        _api.PutDelivery(1, at: Now.AddMinutes(-5));
        var asked = await _api.ReplayAsync(new { all = true });
        _api.PutDelivery(2, at: Now.AddSeconds(-5));
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(10));
        await _api.Rig.IndexAsync();

        var job = await _api.EndAsync(asked);

        Assert.Equal(((int?)1, 1), (job.Counts.Expected, job.Counts.Taken));
        Assert.Equal(["2"], DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    // By the clock of another instance, and by the broker's.
    [Theory]
    [InlineData(3, -300)]
    [InlineData(0, 3)]
    public async Task A_letter_that_was_counted_is_taken_though_the_clock_of_whoever_dated_it_was_ahead(
        int listedAfterSeconds, int failedAfterSeconds)
    {
        _api.PutDelivery(1, at: Now.AddSeconds(failedAfterSeconds));
        _api.Rig.Time.Set(TimeSpan.FromSeconds(listedAfterSeconds));
        await _api.Rig.IndexAsync();
        _api.Rig.Time.Set(-TimeSpan.FromSeconds(2));

        var job = await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        Assert.Equal(((int?)1, 1), (job.Counts.Expected, job.Counts.Taken));
    }

    [Fact]
    public async Task A_time_of_listing_that_no_clock_can_have_does_not_make_a_job_of_the_future()
    {
        _api.PutDelivery(1, at: Now.AddMinutes(-5));
        _api.Rig.Time.Set(TimeSpan.FromDays(1));
        await _api.Rig.IndexAsync();
        _api.Rig.Time.Set(-TimeSpan.FromDays(1));

        var job = await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        Assert.Equal(Now, job.CreatedAt);
    }

    [Fact]
    public async Task A_list_up_to_a_time_goes_by_the_time_of_failure_alone()
    {
        var to = Now.AddSeconds(-1);
        _api.PutDelivery(1, at: Now.AddSeconds(-5));

        Assert.Equal(
            ["1"], DeadLetterApi.Numbers(await _api.ListAsync($"to={Uri.EscapeDataString(to.ToString("O"))}")));
    }

    [Fact]
    public async Task A_rebuild_changes_nothing_about_when_a_letter_was_listed()
    {
        var to = Now.ToString("O");
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(20));
        _api.PutDelivery(1, at: Now.AddMinutes(-1));
        await _api.Rig.IndexAsync();
        await _api.Rig.Get<IndexRebuild>().RunAsync(default);

        var counted = await _api.CountAsync($"to={Uri.EscapeDataString(to)}");

        Assert.Equal(0, counted.Json.GetProperty("matching").GetInt32());
    }

    [Fact]
    public async Task What_a_rebuild_lists_counts_as_old()
    {
        _api.PutDelivery(1, at: Now.AddMinutes(-5));
        var to = Now.ToString("O");
        await _api.Rig.IndexAsync();
        _api.Rig.Tables.Table(DeadLetterIndex.TableName).Drop();
        _api.Rig.Time.Advance(TimeSpan.FromHours(1));

        var job = await _api.EndAsync(await _api.ReplayAsync(new { subscriptionId = Some.SubscriptionId, to }));

        Assert.Equal(1, job.Counts.Taken);
    }

    [Fact]
    public async Task Retention_keeps_no_letter_longer_because_it_was_listed_late()
    {
        _api.PutDelivery(1, at: Now.AddDays(-91)).PutDelivery(2, at: Now.AddDays(-89));
        await _api.Rig.IndexAsync();

        await _api.RetainAsync();
        await _api.Rig.RunAllAsync();

        Assert.Single(_api.DeadDeliveries.Messages);
    }

    [Fact]
    public async Task What_a_resume_cannot_read_is_kept_no_longer_for_being_looked_at()
    {
        var message = DeliveryMessageWriter.WriteParked(Some.Delivery());
        message.ApplicationProperties["version"] = 99;
        _api.Parked.Put(message, Now);
        await _api.Rig.IndexAsync();
        var row = Rows().Single();
        _api.Rig.Time.Advance(TimeSpan.FromDays(1));
        await _api.Rig.StartAsync(
            JobKind.Resume, JobSource.Parked, new DeadLetterFilter { SubscriptionId = Some.SubscriptionId }.Write());
        await _api.Rig.RunAllAsync();

        Assert.Equal(row, Rows().Single());

        IEnumerable<DateTimeOffset?> Rows() => _api.Rig.Tables.Table(DeadLetterIndex.TableName).Rows
            .Where(one => one.ContainsKey(nameof(DeadLetter.SequenceNumber)))
            .Select(one => one.Value<DateTimeOffset>(nameof(IndexRow.ListedAt)));
    }

    [Fact]
    public async Task A_letter_that_was_counted_is_taken_though_its_deferral_failed_and_it_was_listed_again()
    {
        _api.PutDelivery(1, at: Now.AddMinutes(-5));
        _api.DeadDeliveries.Fault = call => call == "defer" ? Busy() : null;
        await Assert.ThrowsAsync<AggregateException>(_api.Rig.IndexAsync);
        _api.DeadDeliveries.Fault = _ => null;
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(10));
        var asked = await _api.ReplayAsync(new { all = true });
        _api.Rig.Time.Advance(FakeQueue.LockDuration);
        _api.PutDelivery(2, at: Now.AddMinutes(-5));
        await _api.Rig.IndexAsync();

        var job = await _api.EndAsync(asked);

        Assert.Equal(((int?)1, 1), (job.Counts.Expected, job.Counts.Taken));
        Assert.Equal(["2"], DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Fact]
    public async Task A_job_whose_filter_has_a_condition_of_a_later_version_takes_nothing_and_says_so()
    {
        _api.PutDelivery(1);
        await _api.Rig.IndexAsync();

        var job = await _api.Rig.StartAsync(
            JobKind.Discard, arguments: $$"""{"reason":"{{DeadLetterReason.AttemptsExhausted}}","signedBy":"us"}""");
        await _api.Rig.RunAllAsync();

        job = await _api.Rig.ReadAsync(job);
        Assert.Equal((JobState.Failed, 0), (job.State, job.Counts.Taken));
        Assert.Contains("does not know all that the job asks for", job.Explanation, StringComparison.Ordinal);
        Assert.Single(_api.DeadDeliveries.Messages);
    }

    static ServiceBusException Busy() => new("Busy.", ServiceBusFailureReason.ServiceBusy);
}
