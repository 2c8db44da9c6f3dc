using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Parking;

public sealed class ResumeWorkTests : IAsyncLifetime
{
    const string Other = "sub_ffffffffffffffffffff";

    ParkingApi _api = null!;

    public async Task InitializeAsync() => _api = await ParkingApi.StartAsync();

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Each_goes_back_as_the_attempt_it_was_due_now_with_a_whole_life()
    {
        var waiting = ParkingApi.Waiting(1) with { Run = 2, Attempt = 3, PutBack = 5 };
        _api.Park(waiting);
        _api.Time.Advance(TimeSpan.FromDays(20));
        var now = _api.Time.GetUtcNow();
        await ResumeAsync();
        var returned = Assert.Single(_api.Returned);
        Assert.Equal(
            waiting with { PutBack = 6, DueAt = now, LivesFrom = now, RunStartedAt = now, Body = returned.Body },
            returned);
        Assert.Equal(waiting.Body.ToArray(), returned.Body.ToArray());
        var message = Assert.Single(_api.Deliveries.Sent);
        Assert.Equal((Lifetime.Whole, default), (message.TimeToLive, message.ScheduledEnqueueTime));
        Assert.Empty(_api.StillParked);
    }

    [Fact]
    public async Task What_cannot_be_read_stays_and_is_counted_and_named_unless_it_is_anothers()
    {
        _api.Park(ParkingApi.Waiting(1));
        _api.Parked.Put(Junk(Some.Tenant, Some.SubscriptionId));
        _api.Parked.Put(Junk(Some.Tenant, "sub_ffffffffffffffffffff"));
        _api.Parked.Put(Junk("other", Some.SubscriptionId));
        _api.Time.Advance(TimeSpan.FromSeconds(1));

        var job = await ResumeAsync();

        Assert.Equal((JobState.Succeeded, 1, 1), (job.State, job.Counts.Taken, job.Counts.Skipped));
        Assert.Equal(["2"], job.Counts.FirstSkipped);
        Assert.Equal([2L, 3L, 4L], _api.Parked.Messages.Select(message => message.SequenceNumber));
    }

    [Fact]
    public async Task They_go_back_oldest_first_over_any_number_of_batches()
    {
        const int Count = 2 * DeadLetterIndex.BatchSize + 3;
        _api.Park(Enumerable.Range(0, Count).Select(i => ParkingApi.Waiting(i)));
        var job = await ResumeAsync();
        Assert.Equal((JobState.Succeeded, Count), (job.State, job.Counts.Taken));
        Assert.Equal(
            Enumerable.Range(0, Count).Select(i => $"evt_{i}"), _api.Returned.Select(delivery => delivery.EventId));
        Assert.Empty(_api.StillParked);
    }

    [Fact]
    public async Task Deliveries_parked_side_by_side_go_back_by_the_age_of_their_events()
    {
        _api.Park(ParkingApi.Waiting(3), ParkingApi.Waiting(1), ParkingApi.Waiting(2));
        await ResumeAsync();
        Assert.Equal(["evt_1", "evt_2", "evt_3"], _api.Returned.Select(delivery => delivery.EventId));
    }

    [Fact]
    public async Task Those_of_other_subscriptions_and_tenants_stay_where_they_are()
    {
        List<DeliveryMessage> others = [ParkingApi.Waiting(1, Other), ParkingApi.Waiting(2, tenant: "globex")];
        _api.Park([others[0], ParkingApi.Waiting(3), others[1]]);
        var job = await ResumeAsync();
        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Assert.Equal(others.Select(delivery => delivery.MessageId), _api.StillParked);
    }

    [Fact]
    public async Task What_this_app_does_not_understand_waits_for_the_one_that_does()
    {
        var message = DeliveryMessageWriter.WriteParked(ParkingApi.Waiting(1));
        message.ApplicationProperties["version"] = 2;
        _api.Parked.Put(message);
        _api.Park(ParkingApi.Waiting(2));
        await ResumeAsync();
        Assert.Equal([message.MessageId!], _api.StillParked);
        Assert.Single(_api.Returned);
    }

    // It is found among the jobs of a version that wrote it otherwise.
    [Fact]
    public void What_a_resume_is_asked_for_is_kept_in_the_same_bytes_as_ever() => Assert.Equal(
        $$"""{"subscriptionId":"{{Some.SubscriptionId}}"}""",
        new DeadLetterFilter { SubscriptionId = Some.SubscriptionId }.Write());

    [Fact]
    public async Task A_resume_begins_though_others_are_parked_all_the_time()
    {
        _api.Park(ParkingApi.Waiting(1));
        _api.Time.Advance(TimeSpan.FromSeconds(1));
        var job = await StartAsync();
        _api.Parked.BeforeReceive = number =>
        {
            _api.Time.Advance(TimeSpan.FromMilliseconds(50));
            _api.Park(ParkingApi.Waiting(1_000 + number, Other));
            return Task.CompletedTask;
        };

        await _api.Rig.RunNextAsync();
        _api.Parked.BeforeReceive = _ => Task.CompletedTask;
        await _api.Rig.RunAllAsync();

        Assert.Equal(JobState.Succeeded, (await _api.Rig.ReadAsync(job)).State);
        Assert.Equal("evt_1", Assert.Single(_api.Returned).EventId);
        // By its first step.
        Assert.Equal(1, (await _api.Rig.ReadAsync(job)).Step);
    }

    // Of many at once, some run is always under way.
    [Fact]
    public async Task A_resume_waits_only_once_for_what_other_runs_hold()
    {
        _api.Park(ParkingApi.Waiting(1));
        var job = await StartAsync();
        var states = _api.Rig.Get<IndexStates>();
        _api.Parked.BeforeReceive = async _ => await states.BeginRunAsync(
            await states.BeginAsync(JobSource.Parked, default), _api.Time.GetUtcNow(), default);
        var asked = _api.Time.GetUtcNow();

        await _api.Rig.RunNextAsync();
        Assert.Empty(_api.Returned);
        await _api.Rig.RunNextAsync();

        Assert.Single(_api.Returned);
        Assert.Equal(asked + IndexedWork.LockedWait, _api.Time.GetUtcNow());
        Assert.Equal(JobState.Succeeded, (await _api.Rig.ReadAsync(job)).State);
    }

    [Fact]
    public async Task A_subscription_paused_again_before_the_first_step_keeps_all_that_is_parked()
    {
        _api.Park(ParkingApi.Waiting(1));
        var job = await StartAsync();
        await _api.PauseAsync();
        await AssertStoppedAsync(job);
        Assert.Empty(_api.Returned);
        Assert.Single(_api.StillParked);
    }

    [Fact]
    public async Task A_subscription_paused_again_between_batches_keeps_the_rest_which_can_be_taken_at_once()
    {
        _api.Park(Enumerable.Range(0, 3 * DeadLetterIndex.BatchSize).Select(i => ParkingApi.Waiting(i)));
        var job = await StartAsync();
        _api.Parked.BeforeReceiveDeferred = received => received == 1 ? _api.PauseAsync() : Task.CompletedTask;
        await AssertStoppedAsync(job);
        Assert.Equal(DeadLetterIndex.BatchSize, (await _api.Rig.ReadAsync(job)).Counts.Taken);
        Assert.Equal(DeadLetterIndex.BatchSize, _api.Returned.Count);
        Assert.Equal(2 * DeadLetterIndex.BatchSize, _api.StillParked.Count);

        _api.Parked.BeforeReceiveDeferred = _ => Task.CompletedTask;
        _api.Time.Advance(TimeSpan.FromSeconds(1));
        await ResumeAsync();
        Assert.Equal(
            Enumerable.Range(0, 3 * DeadLetterIndex.BatchSize).Select(i => $"evt_{i}"),
            _api.Returned.Select(delivery => delivery.EventId));
    }

    [Fact]
    public async Task A_deleted_subscriptions_go_back_to_end_there_with_a_record()
    {
        _api.Park(ParkingApi.Waiting(1));
        var job = await StartAsync();
        await _api.Store.RemoveAsync(Some.Tenant, Some.SubscriptionId, default);
        await _api.Rig.RunAllAsync();
        Assert.Equal(JobState.Succeeded, (await _api.Rig.ReadAsync(job)).State);
        Assert.Single(_api.Returned);
    }

    [Fact]
    public async Task A_process_that_dies_between_sending_and_removing_sends_the_same_message_again()
    {
        _api.Park(ParkingApi.Waiting(1));
        var job = await StartAsync();
        _api.Parked.Fault = call =>
            call == "complete"
            ? new ServiceBusException("The lock is lost.", ServiceBusFailureReason.MessageLockLost)
            : null;
        await _api.Rig.RunNextAsync();
        Assert.Single(_api.StillParked);

        _api.Parked.Fault = _ => null;
        await _api.Rig.RunAllAsync();
        Assert.Equal(JobState.Succeeded, (await _api.Rig.ReadAsync(job)).State);
        Assert.Equal(2, _api.Deliveries.Sent.Count);
        Assert.Single(_api.Deliveries.Sent.Select(message => message.MessageId).Distinct());
        Assert.Empty(_api.StillParked);
    }

    [Fact]
    public async Task While_service_bus_does_not_take_them_they_stay_parked()
    {
        _api.Park(ParkingApi.Waiting(1));
        var job = await StartAsync();
        _api.Deliveries.FailWith(new ServiceBusException("Gone", ServiceBusFailureReason.MessagingEntityNotFound));
        await _api.Rig.RunAllAsync();
        Assert.Equal(JobState.Failed, (await _api.Rig.ReadAsync(job)).State);
        Assert.Single(_api.StillParked);
    }

    [Fact]
    public async Task Tables_that_do_not_tell_whether_it_is_paused_again_hold_up_the_job_and_lose_nothing()
    {
        _api.Park(ParkingApi.Waiting(1));
        var job = await StartAsync();
        _api.Tables.Outage = Outages.Unavailable;
        await _api.Rig.RunNextAsync();
        Assert.Single(_api.StillParked);

        _api.Tables.Outage = null;
        await _api.Rig.RunAllAsync();
        Assert.Equal(JobState.Succeeded, (await _api.Rig.ReadAsync(job)).State);
        Assert.Single(_api.Returned);
    }

    async Task<Job> StartAsync()
    {
        await _api.ResumeAsync();
        return (await _api.JobsAsync())[0];
    }

    async Task<Job> ResumeAsync()
    {
        var job = await StartAsync();
        await _api.Rig.RunAllAsync();
        return await _api.Rig.ReadAsync(job);
    }

    async Task AssertStoppedAsync(Job job)
    {
        await _api.Rig.RunAllAsync();
        var stopped = await _api.Rig.ReadAsync(job);
        Assert.Equal(JobState.Stopped, stopped.State);
        Assert.Contains("paused again", stopped.Explanation, StringComparison.Ordinal);
    }

    static ServiceBusMessage Junk(string tenant, string subscription) => new("?")
    {
        ApplicationProperties = { ["version"] = 2, ["tenant"] = tenant, ["subscription"] = subscription },
    };
}
