using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Overview;
using Atrium.Functions.Portal;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Approved;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Operations;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Functions.Tests.Telemetry;

public sealed class MetricsTests : IAsyncLifetime, IDisposable
{
    readonly CollectedMetrics _seen = new();
    Pipeline _pipeline = null!;

    DeliveryRig Rig => _pipeline.Rig;

    public async Task InitializeAsync() => _pipeline =
        await Pipeline.StartAsync(services => services.AddSingleton(_seen.Metrics));

    public async Task DisposeAsync() => await _pipeline.DisposeAsync();

    public void Dispose() => _seen.Dispose();

    [Fact]
    public async Task A_success_is_counted_and_measured()
    {
        await Rig.RunAsync(Some.Delivery());
        Assert.Equal([1], _seen.Of("webhook.delivery.attempts", "error_class=none", "outcome=Delivered"));
        Assert.Single(_seen.Of("webhook.delivery.duration", "outcome=Delivered"));
        Assert.Equal([0], _seen.Of("webhook.delivery.lag"));
    }

    [Fact]
    public async Task A_failure_is_counted_by_its_outcome_and_error_class()
    {
        Rig.Receiver.AnswerWith(500);
        await Rig.RunAsync(Some.Delivery());
        await Rig.RunAsync(Some.Delivery() with { Attempt = RetrySchedule.MaxAttempts });
        Assert.Equal([1], _seen.Of("webhook.delivery.attempts", "error_class=http", "outcome=Retrying"));
        Assert.Equal([1], _seen.Of("webhook.delivery.attempts", "error_class=http", "outcome=DeadLettered"));
        Assert.Equal([1], _seen.Of("webhook.dead_letters", "queue=deliveries", "reason=AttemptsExhausted"));
    }

    [Fact]
    public async Task The_lag_is_what_lies_between_when_an_attempt_was_due_and_when_it_began()
    {
        Rig.Time.Advance(TimeSpan.FromSeconds(7));
        await Rig.RunAsync(Some.Delivery());
        await Rig.RunAsync(
            Some.Delivery() with
            {
                EventId = "early",
                DeliveryId = Some.DeliveryIdOf("early"),
                DueAt = Some.Time.AddSeconds(8)
            });
        Assert.Equal([7, 0], _seen.Of("webhook.delivery.lag"));
    }

    [Fact]
    public async Task An_attempt_that_was_put_back_is_late_by_all_that_passed_since_it_was_due()
    {
        Rig.Tables.Outage = Outages.Unavailable;
        await Rig.RunAsync(Some.Delivery() with { Attempt = 2 });
        Rig.Time.Advance(PutBackSchedule.AfterOutage(0, Some.NoJitter()));
        await Rig.RunAsync(Some.Received(Rig.Queue.Sent[0]));
        Rig.Time.Advance(PutBackSchedule.AfterOutage(1, Some.NoJitter()));
        Rig.Tables.Outage = null;
        await Rig.RunAsync(Some.Received(Rig.Queue.Sent[1]));
        Assert.Equal([15], _seen.Of("webhook.delivery.lag"));
        Assert.Equal(Some.Time, Assert.Single(await Rig.AttemptsAsync()).DueAt);
    }

    [Fact]
    public async Task An_attempt_without_a_request_has_no_duration()
    {
        await Rig.UnsubscribeAsync();
        await Rig.RunAsync(Some.Delivery());
        Assert.Equal([1], _seen.Of("webhook.delivery.attempts", "error_class=none", "outcome=SubscriptionDeleted"));
        Assert.DoesNotContain(
            _seen.All(),
            measured => measured.Instrument is "webhook.delivery.duration" or "webhook.delivery.in_flight");
    }

    [Fact]
    public async Task A_request_is_in_flight_while_it_is()
    {
        var meanwhile = 0d;
        Rig.Receiver.Answer = context =>
        {
            meanwhile = _seen.Of("webhook.delivery.in_flight").Sum();
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        };
        await Rig.RunAsync(Some.Delivery());
        Assert.Equal((1, 0), (meanwhile, _seen.Of("webhook.delivery.in_flight").Sum()));
    }

    [Fact]
    public async Task A_jobs_step_that_is_put_back_is_counted()
    {
        await Rig.Get<JobStarter>().StartAsync(
            new(Some.Tenant, JobKind.Replay, JobSource.DeliveriesDeadLetters, "{}"), default);
        Rig.Tables.Outage = Outages.Unavailable;
        await Rig.Get<RunJobFunction>().RunAsync(
            Some.Received(Rig.Bus.Sender(Queues.Jobs).Sent.Single()), Rig.Actions, default);
        Assert.Equal([1], _seen.Of("webhook.put_back", "queue=jobs", "reason=dependency"));
    }

    [Fact]
    public async Task What_is_put_back_is_counted_with_why()
    {
        Rig.Tables.Outage = Outages.Unavailable;
        await Rig.RunAsync(Some.Delivery() with { PutBack = 1 });
        await _pipeline.FanOutAsync(await _pipeline.IngestAsync());
        Rig.Tables.Outage = null;
        Rig.UseEndpoint();
        await Rig.RunAsync(Some.Delivery());
        Assert.Equal([1], _seen.Of("webhook.put_back", "queue=deliveries", "reason=endpoint_busy"));
        Assert.Equal([1], _seen.Of("webhook.put_back", "queue=deliveries", "reason=dependency"));
        Assert.Equal([1], _seen.Of("webhook.put_back", "queue=visitor-events", "reason=dependency"));
        Assert.Empty(_seen.Of("webhook.events.fanned_out"));
    }

    [Fact]
    public async Task What_is_parked_is_counted()
    {
        await Rig.PauseAsync();
        await Rig.RunAsync(Some.Delivery());
        Assert.Equal([1], _seen.Of("webhook.delivery.parked"));
        Assert.DoesNotContain(_seen.All(), measured => measured.Instrument == "webhook.delivery.attempts");
    }

    [Fact]
    public async Task What_cannot_be_read_is_counted_with_why()
    {
        await Rig.RunAsync(Some.Received(new ServiceBusMessage("no delivery")));
        await _pipeline.FanOutAsync(new ServiceBusMessage("no event"));
        Assert.Equal([1], _seen.Of("webhook.dead_letters", "queue=deliveries", "reason=InvalidDelivery"));
        Assert.Equal([1], _seen.Of("webhook.dead_letters", "queue=visitor-events", "reason=InvalidEvent"));
    }

    [Fact]
    public async Task Events_and_their_deliveries_are_counted()
    {
        await _pipeline.FanOutAsync(await _pipeline.IngestAsync());
        Assert.Equal([1], _seen.Of("webhook.events.ingested"));
        Assert.Equal([1], _seen.Of("webhook.events.fanned_out"));
        Assert.Equal([1], _seen.Of("webhook.deliveries.created"));
    }

    [Fact]
    public async Task A_look_up_in_memory_is_a_hit_or_a_miss()
    {
        await UseSecretAndHeadersAsync();
        await Rig.RunAsync(Some.Delivery());
        await Rig.RunAsync(Some.Delivery() with { EventId = "other", DeliveryId = Some.DeliveryIdOf("other") });
        await Rig.Get<OverviewCache>().GetAsync(Some.Tenant, default);
        await Rig.Get<OverviewCache>().GetAsync(Some.Tenant, default);
        for (var requests = 0; requests < 2; requests++)
        {
            Assert.False(await Rig.Get<PortalExpiry>().IsEndedAsync(
                new()
                {
                    Tenant = Some.Tenant,
                    Actor = "user-7",
                    Rights = PortalRights.View,
                    IssuedAt = Some.Time,
                    ExpiresAt = Some.Time,
                },
                default));
        }

        Assert.All(MetricList.TagsOf("webhook.cache.lookups")["cache"], cache =>
        {
            Assert.Equal([1], _seen.Of("webhook.cache.lookups", $"cache={cache}", "result=miss"));
            Assert.Equal([1], _seen.Of("webhook.cache.lookups", $"cache={cache}", "result=hit"));
        });
    }

    [Fact]
    public void The_list_of_metrics_is_as_approved() => Approval.Verify(MetricList.Text(_seen.Instruments), "metrics");

    [Fact]
    public async Task Whatever_happens_a_tag_has_a_value_of_the_approved_list()
    {
        await UseSecretAndHeadersAsync();
        var delivery = (await _pipeline.FanOutAsync(await _pipeline.IngestAsync()))!;
        await Rig.RunAsync(Some.Received(delivery));
        Rig.Receiver.AnswerWith(500);
        await Rig.RunAsync(Some.Delivery() with { Attempt = RetrySchedule.MaxAttempts });
        await Rig.RunAsync(Some.Received(new ServiceBusMessage("no delivery")));
        await _pipeline.FanOutAsync(new ServiceBusMessage("no event"));
        Rig.UseEndpoint();
        await Rig.RunAsync(Some.Delivery() with { DeliveryId = Some.DeliveryIdOf("busy") });
        await Rig.PauseAsync();
        Rig.Time.Advance(TimeSpan.FromMinutes(1));
        await Rig.RunAsync(Some.Delivery() with { DeliveryId = Some.DeliveryIdOf("paused") });
        Rig.Tables.Outage = Outages.Unavailable;
        await Rig.RunAsync(Some.Delivery() with { DeliveryId = Some.DeliveryIdOf("later"), PutBack = 1 });
        Rig.Tables.Outage = null;
        await new MeasuredQueues(_seen).MeasureAsync();
        Rig.Bus.DeadLetters(Queues.Deliveries)
            .Put(new ServiceBusMessage("refused"), reason: "whatever somebody wrote there");
        await Rig.Get<Indexing>().DrainAsync(JobSource.DeliveriesDeadLetters, Some.Time, default);

        var all = _seen.All();
        Assert.Equal(
            MetricList.Names.Order(StringComparer.Ordinal),
            all.Select(measured => measured.Instrument).Distinct().Order(StringComparer.Ordinal));
        Assert.All(
            all, measured => Assert.Equal(
            MetricList.TagsOf(measured.Instrument).Keys.Order(StringComparer.Ordinal),
            measured.Tags.Select(tag => tag.Key)));
        Assert.All(
            all, measured => Assert.All(
            measured.Tags, tag => Assert.Contains(tag.Value, MetricList.TagsOf(measured.Instrument)[tag.Key])));
    }

    Task UseSecretAndHeadersAsync()
    {
        Rig.Vault.Put("webhook-x", "v1", Some.Secret.Reveal());
        Rig.Vault.Put("headers-x", "v1", """{"X-Api-Key":"k"}""");
        return Rig.SubscribeAsync(Some.Subscription() with
        {
            Secret = new SecretReference("webhook-x", "v1"),
            Headers = new CustomHeaders(["X-Api-Key"], new SecretReference("headers-x", "v1")),
        });
    }
}
