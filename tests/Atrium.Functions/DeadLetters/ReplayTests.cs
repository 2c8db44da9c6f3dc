using System.Net;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

public sealed class ReplayTests : IDisposable
{
    const string OtherSubscription = DeadLetterApi.OtherSubscription;

    readonly DeadLetterApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_replay_is_a_new_run_of_the_same_delivery_from_attempt_one_with_a_lifetime_of_its_own()
    {
        _api.PutDelivery(7);

        var job = await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        var sent = Assert.Single(_api.Deliveries.Sent);
        var replayed = DeadLetterApi.Read(sent);
        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Assert.Equal(
            ($"msg_{7:x32}", 2, 1, 0), (replayed.DeliveryId, replayed.Run, replayed.Attempt, replayed.PutBack));
        Assert.Equal((Some.Time, _api.Rig.Time.GetUtcNow()), (replayed.AcceptedAt, replayed.LivesFrom));
        Assert.Equal(Lifetime.Whole, sent.TimeToLive);
        Assert.Equal(Some.Body.ToArray(), sent.Body.ToArray());
        Assert.Equal($"msg_{7:x32}:2:1.0", sent.MessageId);
        Assert.Equal(default, sent.ScheduledEnqueueTime);
        Assert.Empty(_api.DeadDeliveries.Messages);
    }

    [Fact]
    public async Task A_replay_that_failed_again_can_be_replayed_and_none_of_its_ids_was_ever_used()
    {
        _api.PutDelivery(7).PutDelivery(7, delivery => delivery with { Run = 2 });

        await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        var runs = _api.Deliveries.Sent.Select(DeadLetterApi.Read).ToList();
        Assert.Equal([2, 3], runs.Select(run => run.Run));
        var ids = Enumerable.Range(1, 3)
            .SelectMany(
            run => Enumerable.Range(1, 10)
            .Select(attempt => (runs[0] with { Run = run, Attempt = attempt }).MessageId));
        Assert.Equal(30, ids.Distinct().Count());
    }

    [Fact]
    public async Task Five_thousand_chosen_of_ten_thousand_go_and_the_others_stay_as_they_were()
    {
        for (var i = 0; i < 10_000; i++)
        {
            var subscription = i % 2 == 0 ? Some.SubscriptionId : OtherSubscription;
            _api.PutDelivery(i, delivery => delivery with { SubscriptionId = subscription });
        }

        var before = _api.DeadDeliveries.Messages.Where(
            message => (string)message.ApplicationProperties["subscription"] == OtherSubscription).Select(State)
            .ToList();

        var job = await _api.EndAsync(await _api.ReplayAsync(new { subscriptionId = Some.SubscriptionId }));

        Assert.Equal((JobState.Succeeded, 5_000), (job.State, job.Counts.Taken));
        Assert.Equal(5_000, _api.Deliveries.Sent.Select(message => message.MessageId).Distinct().Count());
        Assert.All(
            _api.Deliveries.Sent,
            message => Assert.Equal(Some.SubscriptionId, message.ApplicationProperties["subscription"]));
        Assert.Equal(before, _api.DeadDeliveries.Messages.Select(State));
    }

    [Fact]
    public async Task Killed_between_sending_and_removing_it_sends_the_same_ids_again_and_then_removes()
    {
        _api.PutDelivery(1).PutDelivery(2);
        _api.DeadDeliveries.Fault = call =>
            call == "complete" ? new InvalidOperationException("The process died here.") : null;
        var answer = await _api.ReplayAsync(new { all = true });
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => _api.Rig.RunAsync(_api.Rig.Messages.Sent[0], stopping.Token));

        var filter = _api.DeadDeliveries;
        var removals = 0;
        filter.Fault = call =>
            call == "complete" && Interlocked.Increment(ref removals) == 1
            ? new ServiceBusException("Lost.", ServiceBusFailureReason.MessageLockLost)
            : null;
        var job = await _api.EndAsync(answer);

        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Empty(filter.Messages);
        Assert.True(_api.Deliveries.Sent.Count > 2, "Nothing was sent twice.");
        Assert.Equal(
            [$"msg_{1:x32}:2:1.0", $"msg_{2:x32}:2:1.0"],
            _api.Deliveries.Sent.Select(message => message.MessageId).Distinct().Order());
    }

    [Fact]
    public async Task Of_many_that_cannot_be_read_the_first_ten_are_named()
    {
        for (var number = 1; number <= 300; number++)
        {
            _api.PutEvent("no event", id: $"evt_{number}");
        }

        var job = await _api.EndAsync(await _api.ReplayAsync(new { queue = "visitor-events", all = true }));

        Assert.Equal((JobState.Succeeded, 0, 300), (job.State, job.Counts.Taken, job.Counts.Skipped));
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"], job.Counts.FirstSkipped);
        Assert.Contains("the first are numbers 1, 2, 3,", job.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_this_version_cannot_read_stays_and_is_counted_and_explained()
    {
        _api.PutDelivery(1);
        _api.DeadDeliveries.Put(
            new ServiceBusMessage("?") { ApplicationProperties = { ["version"] = 99, ["tenant"] = "acme" } },
            Some.Time, "InvalidDelivery");

        var job = await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        Assert.Equal((JobState.Succeeded, 1, 1), (job.State, job.Counts.Taken, job.Counts.Skipped));
        Assert.Equal(["2"], job.Counts.FirstSkipped);
        Assert.Equal(
            "1 of the messages asked for were left where they are: numbers 2. 1 cannot be read by this version of the "
                + "app: discard them, or replay them with the version that can.",
            job.Explanation);
        Assert.Single(_api.DeadDeliveries.Messages);
    }

    [Fact]
    public async Task What_the_receiver_has_taken_although_it_could_not_be_recorded_is_not_sent_as_a_new_run()
    {
        var taken = Some.Record(AttemptOutcome.Delivered, attempt: 3);
        _api.PutDelivery(
            1, delivery => Some.Delivery() with { Attempt = 3, Unrecorded = taken }, "TTLExpiredException");
        _api.PutDelivery(
            2, delivery => Some.Delivery() with { Attempt = 3, Unrecorded = Some.Record(attempt: 3) },
            "TTLExpiredException");

        await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        var (first, second) =
            (DeadLetterApi.Read(_api.Deliveries.Sent[0]), DeadLetterApi.Read(_api.Deliveries.Sent[1]));
        Assert.Equal(
            (1, 3, 1, taken, _api.Rig.Time.GetUtcNow()),
            (first.Run, first.Attempt, first.PutBack, first.Unrecorded, first.LivesFrom));
        Assert.Equal((2, 1, null), (second.Run, second.Attempt, second.Unrecorded));
    }

    [Fact]
    public async Task A_parked_dead_letter_goes_back_as_the_attempt_that_it_was()
    {
        _api.DeadParked.Put(
            DeliveryMessageWriter.Write(Some.Delivery() with { Run = 2, Attempt = 4, PutBack = 3 }, Some.Time),
            Some.Time, "MaxDeliveryCountExceeded");

        await _api.EndAsync(await _api.ReplayAsync(new { queue = "parked", all = true }));

        var sent = DeadLetterApi.Read(Assert.Single(_api.Deliveries.Sent));
        Assert.Equal((2, 4, 4, _api.Rig.Time.GetUtcNow()), (sent.Run, sent.Attempt, sent.PutBack, sent.LivesFrom));
    }

    [Fact]
    public async Task A_parked_dead_letter_whose_attempts_are_about_to_be_dropped_keeps_its_further_ones_in_this_week()
    {
        var record = Some.Record(AttemptOutcome.Delivered, attempt: 4);
        _api.DeadParked.Put(
            DeliveryMessageWriter.Write(Some.Delivery() with { Attempt = 4, Unrecorded = record }, Some.Time),
            Some.Time, "MaxDeliveryCountExceeded");
        _api.Rig.Time.Advance(TimeSpan.FromDays(60));
        var now = _api.Rig.Time.GetUtcNow();

        await _api.EndAsync(await _api.ReplayAsync(new { queue = "parked", all = true }));

        var sent = DeadLetterApi.Read(Assert.Single(_api.Deliveries.Sent));
        Assert.Equal((1, 4, now, now), (sent.Run, sent.Attempt, sent.RunStartedAt, sent.LivesFrom));
        Assert.Equal(record with { RunStartedAt = now }, sent.Unrecorded);
    }

    [Fact]
    public async Task An_event_goes_again_as_the_same_event_under_a_message_id_of_its_own()
    {
        _api.PutEvent(Some.Body.ToString(), id: "evt_1").PutEvent("no event", id: "evt_2");

        var job = await _api.EndAsync(await _api.ReplayAsync(new { queue = "visitor-events", all = true }));

        var sent = Assert.Single(_api.Events.Sent);
        var read = EventMessage.Read(Some.Received(sent, enqueuedAt: _api.Rig.Time.GetUtcNow())).Message!;
        Assert.Equal(
            ("evt_1", "acme", 1, Some.Time, _api.Rig.Time.GetUtcNow()),
            (read.EventId, read.Tenant, read.Replays, read.AcceptedAt, read.LivesFrom));
        Assert.NotEqual("evt_1", sent.MessageId);
        Assert.Equal(Lifetime.Whole, sent.TimeToLive);
        // What is no event would come back at once.
        Assert.Equal((1, 1), (job.Counts.Taken, job.Counts.Skipped));
        Assert.Equal("evt_2", Assert.Single(_api.DeadEvents.Messages).MessageId);
    }

    [Theory]
    [InlineData("{}", "/all")]
    [InlineData("""{"queue":"deliveries"}""", "/all")]
    [InlineData("""{"all":false}""", "/all")]
    [InlineData("""{"all":true,"reason":"AttemptsExhausted"}""", "/all")]
    [InlineData("""{"subscription":"sub_00000000000000000002"}""", "/subscription")]
    [InlineData("""{"subscriptionId":"x"}""", "/subscriptionId")]
    [InlineData("""{"queue":"jobs","all":true}""", "/queue")]
    [InlineData("""{"event":"x"}""", "/event")]
    [InlineData("""{"from":"x"}""", "/from")]
    [InlineData("""{"all":"yes"}""", "/all")]
    public async Task A_filter_that_is_misspelt_or_missing_starts_nothing_and_is_named(string filter, string field)
    {
        _api.PutDelivery();

        foreach (var answer in new[] { await _api.ReplayAsync(filter), await _api.DiscardAsync(filter) })
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Equal(
                field,
                Assert.Single(answer.Json.GetProperty("errors").EnumerateArray()).GetProperty("pointer").GetString());
        }

        Assert.False(_api.Rig.HasMore);
    }

    [Fact]
    public async Task The_answer_is_202_with_the_job_and_where_to_find_it_and_the_same_key_gives_the_same_job()
    {
        _api.PutDelivery();

        var first = await _api.ReplayAsync(new { all = true }, key: "k");
        var again = await _api.ReplayAsync(new { all = true }, key: "k");
        var other = await _api.ReplayAsync(new { reason = "x" }, key: "k");
        var id = first.Json.GetProperty("id").GetString();

        Assert.Equal((HttpStatusCode.Accepted, $"/api/tenants/acme/jobs/{id}"), (first.Status, first.Location));
        Assert.Equal(id, again.Json.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ReplayAsync(new { all = true }, key: "")).Status);
    }

    [Fact]
    public async Task One_is_replayed_and_those_behind_it_are_not_even_locked()
    {
        _api.PutDelivery(1).PutDelivery(2);
        for (var i = 0; i < 20; i++)
        {
            _api.PutDelivery(10 + i);
        }

        var answer = await _api.ReplayOneAsync("deliveries", 2, key: "k");
        var job = await _api.EndAsync(answer);
        var again = await _api.ReplayOneAsync("deliveries", 2, key: "k");

        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Assert.Equal($"msg_{2:x32}:2:1.0", Assert.Single(_api.Deliveries.Sent).MessageId);
        Assert.Single(_api.DeadDeliveries.Calls, "receive deferred");
        Assert.Equal(answer.Json.GetProperty("id").GetString(), again.Json.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await _api.ReplayOneAsync("deliveries", 2)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.ReplayOneAsync("deliveries", 2, key: "another")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ReplayOneAsync("deliveries", 1, Some.Body)).Status);
    }

    [Fact]
    public async Task A_tenants_job_touches_nothing_of_another_tenant()
    {
        _api.PutDelivery(1, delivery => delivery with { Tenant = "globex" }).PutDelivery(2)
            .PutEvent(Some.Body.ToString(), "globex");

        await _api.EndAsync(await _api.ReplayAsync(new { all = true }));
        await _api.EndAsync(await _api.DiscardAsync(new { queue = "visitor-events", all = true }));
        await _api.EndAsync(await _api.DiscardAsync(new { all = true }));

        Assert.Equal($"msg_{2:x32}", Assert.Single(_api.Deliveries.Sent).ApplicationProperties["delivery"]);
        Assert.Equal("globex", Assert.Single(_api.DeadDeliveries.Messages).ApplicationProperties["tenant"]);
        Assert.Single(_api.DeadEvents.Messages);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.ReplayOneAsync("deliveries", 1)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.DiscardOneAsync("deliveries", 1)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ReplayAsync(new { all = true }, JobTenant.System)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.DiscardOneAsync("deliveries", 1, JobTenant.System)).Status);
    }

    static (long, string?, string, string) State(ServiceBusReceivedMessage message) => (
        message.SequenceNumber, message.MessageId, message.Body.ToString(),
        string.Join(';', message.ApplicationProperties.OrderBy(property => property.Key, StringComparer.Ordinal)));
}
