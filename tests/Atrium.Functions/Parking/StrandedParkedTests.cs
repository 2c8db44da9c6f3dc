using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Parking;
using Atrium.Functions.Storage;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Parking;

/// <summary>The timer that finds what a race, or a death between two instructions, has left parked.</summary>
public sealed class StrandedParkedTests : IAsyncLifetime
{
    const string Other = "sub_ffffffffffffffffffff";

    ParkingApi _api = null!;

    public async Task InitializeAsync() => _api = await ParkingApi.StartAsync();

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task What_lies_parked_for_an_active_subscription_goes_back()
    {
        _api.Park(ParkingApi.Waiting(1), ParkingApi.Waiting(2));
        await _api.ReturnParkedAsync();
        Assert.Single(await _api.JobsAsync());
        await _api.Rig.RunAllAsync();
        Assert.Equal(2, _api.Returned.Count);
    }

    [Fact]
    public async Task What_lies_parked_for_a_paused_one_stays()
    {
        await _api.PauseAsync();
        _api.Park(ParkingApi.Waiting(1));
        await _api.ReturnParkedAsync();
        Assert.Empty(await _api.JobsAsync());
        Assert.Single(_api.StillParked);
    }

    [Fact]
    public async Task What_is_parked_outlives_a_table_that_is_gone_and_comes_back()
    {
        await _api.PauseAsync();
        var paused = await _api.SubscriptionAsync();
        _api.Park(ParkingApi.Waiting(1), ParkingApi.Waiting(2));
        await _api.ReturnParkedAsync();
        _api.Tables.Table(SubscriptionStore.TableName).Drop();

        await Assert.ThrowsAsync<AggregateException>(_api.ReturnParkedAsync);
        await _api.Rig.RunAllAsync();
        Assert.Equal((2, 0), (_api.StillParked.Count, _api.Deliveries.Sent.Count));

        await _api.Tables.Table(SubscriptionStore.TableName).CreateIfNotExistsAsync();
        await _api.Store.AddAsync(paused, default);
        await _api.ReturnParkedAsync();
        await _api.ResumeAsync();
        await _api.Rig.RunAllAsync();
        Assert.Equal(2, _api.Returned.Count);
    }

    [Fact]
    public async Task A_delivery_parked_after_the_resumes_job_has_been_through_is_not_lost()
    {
        await _api.PauseAsync();
        await _api.ResumeAsync();
        await _api.Rig.RunAllAsync();
        _api.Park(ParkingApi.Waiting(1));
        await _api.ReturnParkedAsync();
        await _api.Rig.RunAllAsync();
        Assert.Single(_api.Returned);
        Assert.Empty(_api.StillParked);
    }

    [Fact]
    public async Task What_lies_parked_for_a_deleted_one_goes_back_to_end_there()
    {
        await _api.PauseAsync();
        _api.Park(ParkingApi.Waiting(1));
        await _api.Store.RemoveAsync(Some.Tenant, Some.SubscriptionId, default);
        await _api.ReturnParkedAsync();
        await _api.Rig.RunAllAsync();
        Assert.Single(_api.Returned);
    }

    [Fact]
    public async Task Each_subscription_of_each_tenant_is_judged_by_itself()
    {
        await _api.Store.AddAsync(Some.Subscription(Other) with { PausedAt = Some.Time }, default);
        await _api.Store.AddAsync(Some.Subscription() with { Tenant = "globex" }, default);
        _api.Park(ParkingApi.Waiting(1), ParkingApi.Waiting(2, Other), ParkingApi.Waiting(3, tenant: "globex"));
        await _api.ReturnParkedAsync();
        Assert.Single(await _api.JobsAsync());
        Assert.Single(await _api.JobsAsync("globex"));
        await _api.Rig.RunAllAsync();
        Assert.Equal(["evt_1", "evt_3"], _api.Returned.Select(delivery => delivery.EventId).Order());
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("acme|sub_0|more")]
    public async Task A_mark_that_names_no_subscription_is_left_out_and_logged_once(string key)
    {
        await _api.Rig.Tables.Table(DeadLetterIndex.TableName).CreateIfNotExistsAsync();
        await _api.Rig.Tables.Table(DeadLetterIndex.TableName).AddEntityAsync(new TableEntity("@parked", key));
        _api.Park(ParkingApi.Waiting(1));

        await _api.ReturnParkedAsync();
        await _api.ReturnParkedAsync();

        Assert.Single(await _api.JobsAsync());
        Assert.Single(_api.Rig.Logged.Of<UnreadableRows>());
    }

    [Fact]
    public async Task One_that_cannot_be_sent_back_does_not_keep_the_others()
    {
        await _api.Store.AddAsync(Some.Subscription(Other), default);
        _api.Park(ParkingApi.Waiting(1), ParkingApi.Waiting(2, Other));
        await _api.Rig.IndexAsync();
        var failed = false;
        _api.Tables.Before = call =>
            call == "add" && !failed && (failed = true) ? throw Outages.Unavailable() : Task.CompletedTask;
        var error = await Assert.ThrowsAsync<AggregateException>(_api.ReturnParkedAsync);
        Assert.StartsWith("1 of 2 failed: sub_", error.Message, StringComparison.Ordinal);
        Assert.Single(await _api.JobsAsync());
        await _api.ReturnParkedAsync();
        Assert.Equal(2, (await _api.JobsAsync()).Count);
    }

    [Fact]
    public async Task While_a_resume_of_it_is_under_way_no_other_is_started()
    {
        _api.Park(ParkingApi.Waiting(1));
        await _api.ResumeAsync();
        await _api.ReturnParkedAsync();
        Assert.Single(await _api.JobsAsync());
    }

    [Fact]
    public async Task Other_jobs_of_the_tenant_are_no_reason_to_wait()
    {
        await _api.Store.AddAsync(Some.Subscription(Other), default);
        await _api.Rig.StartAsync(JobKind.Replay);
        await _api.ResumeAsync(id: Other);
        _api.Park(ParkingApi.Waiting(1));
        await _api.ReturnParkedAsync();
        Assert.Equal(3, (await _api.JobsAsync()).Count);
    }

    [Fact]
    public async Task A_resume_that_ended_is_followed_by_another_when_more_was_parked()
    {
        for (var i = 1; i <= 3; i++)
        {
            _api.Park(ParkingApi.Waiting(i));
            await _api.ReturnParkedAsync();
            await _api.Rig.RunAllAsync();
        }

        Assert.Equal(3, _api.Returned.Count);
        Assert.Equal(3, (await _api.JobsAsync()).Count);
    }

    [Fact]
    public async Task A_resume_that_failed_is_not_repeated_every_minute()
    {
        _api.Park(ParkingApi.Waiting(1));
        await _api.ResumeAsync();
        var job = (await _api.JobsAsync())[0];
        await _api.Rig.Jobs.ChangeAsync(
            job, now => now.Ended(JobState.Failed, "It failed.", _api.Time.GetUtcNow()), default);
        await _api.ReturnParkedAsync();
        Assert.Single(await _api.JobsAsync());

        _api.Time.Advance(StrandedParked.AfterFailure);
        await _api.ReturnParkedAsync();
        Assert.Equal(2, (await _api.JobsAsync()).Count);
    }

    [Fact]
    public async Task What_this_version_cannot_read_is_tried_once_an_hour_and_is_not_received()
    {
        ParkUnreadable();
        await EveryMinuteAsync(10);
        Assert.Single(await _api.JobsAsync());

        await EveryMinuteAsync(60);
        Assert.Equal(2, (await _api.JobsAsync()).Count);
        // It was received to be indexed.
        Assert.Equal(1, Assert.Single(_api.Parked.Messages).DeliveryCount);
    }

    [Fact]
    public async Task One_whose_row_a_later_version_wrote_is_received_once()
    {
        ParkUnreadable();
        await _api.Rig.IndexAsync();
        var table = _api.Tables.Table(DeadLetterIndex.TableName);
        var row = table.Rows.Single(row => row.ContainsKey(nameof(DeadLetter.SequenceNumber)));
        row[nameof(DeadLetter.Run)] = 1;
        await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace);

        await EveryMinuteAsync(150);

        Assert.Equal(3, (await _api.JobsAsync()).Count);
        Assert.Equal(2, Assert.Single(_api.Parked.Messages).DeliveryCount);
    }

    [Fact]
    public async Task What_is_parked_after_that_goes_back_within_a_minute()
    {
        ParkUnreadable();
        await EveryMinuteAsync(1);
        _api.Park(ParkingApi.Waiting(1));

        await EveryMinuteAsync(1);

        Assert.Single(_api.Returned);
        Assert.Single(_api.Parked.Messages);
    }

    [Fact]
    public async Task What_was_parked_before_that_and_is_listed_only_then_goes_back_too()
    {
        _api.Parked.Put(DeliveryMessageWriter.WriteParked(ParkingApi.Waiting(1)));
        var held = await _api.Rig.Get<QueueReceivers>().Of(JobSource.Parked)
            .ReceiveMessagesAsync(1, TimeSpan.FromSeconds(1));
        ParkUnreadable();
        await _api.ReturnParkedAsync();
        await _api.Rig.RunAllAsync();
        Assert.Empty(_api.Returned);

        await _api.Rig.Get<DeferredMessages>().DeferAsync(JobSource.Parked, held, default);
        await _api.Rig.Get<DeadLetterIndex>().AddAsync(
            JobSource.Parked, [DeadLetter.Of(JobSource.Parked, Assert.Single(held))], _api.Time.GetUtcNow(), default);
        await _api.ReturnParkedAsync();
        await _api.Rig.RunAllAsync();

        Assert.Single(_api.Returned);
    }

    [Fact]
    public async Task What_is_paused_is_asked_for_once_a_subscription_and_what_is_empty_is_forgotten()
    {
        await _api.Store.AddAsync(Some.Subscription(Other) with { PausedAt = Some.Time }, default);
        _api.Park(Enumerable.Range(0, 300).Select(i => ParkingApi.Waiting(i, Other)));
        _api.Park(ParkingApi.Waiting(1));
        await _api.ReturnParkedAsync();
        await _api.Rig.RunAllAsync();
        Assert.Single(_api.Returned);

        await _api.ReturnParkedAsync();

        Assert.Equal([Other], await _api.Rig.Get<DeadLetterIndex>().ParkedAsync(default)
            .Select(mark => mark.SubscriptionId).ToListAsync());
        Assert.Single(await _api.JobsAsync());
    }

    void ParkUnreadable()
    {
        var message = DeliveryMessageWriter.WriteParked(ParkingApi.Waiting(100));
        message.ApplicationProperties["version"] = 2;
        _api.Parked.Put(message);
        _api.Time.Advance(TimeSpan.FromSeconds(1));
    }

    async Task EveryMinuteAsync(int minutes)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            _api.Time.Advance(TimeSpan.FromMinutes(1));
            await _api.ReturnParkedAsync();
            await _api.Rig.RunAllAsync();
        }
    }
}
