using Atrium.Functions.Contract;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Messaging;
using Atrium.Functions.Secrets;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Azure.Core.Amqp;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>Values that do not matter to a test but for what it sets itself.</summary>
static class Some
{
    public const string Tenant = "acme";
    public const string SubscriptionId = "sub_0123456789abcdef0123";
    public const string EventId = "evt_0123456789abcdef0123456789abcdef";
    public const string DeliveryId = "msg_0123456789abcdef0123456789abcdef";

    /// <summary>A Wednesday.</summary>
    public static readonly DateTimeOffset Time = new(2026, 4, 15, 9, 30, 0, TimeSpan.Zero);

    public static SigningSecret Secret =>
        SigningSecret.Generate(length => [.. Enumerable.Range(1, length).Select(i => (byte)i)]);

    public static SigningSecret OtherSecret =>
        SigningSecret.Generate(length => [.. Enumerable.Range(101, length).Select(i => (byte)i)]);

    public static SecretOwner Owner => new(Tenant, SubscriptionId);

    public static BinaryData Body => SampleEvents.PreRegistered;

    public static Func<double> NoJitter => () => 0;

    /// <summary>Another delivery's id, the same for the same event.</summary>
    public static string DeliveryIdOf(string eventId) =>
        Functions.Deliveries.DeliveryId.Of(Tenant, eventId, SubscriptionId);

    /// <summary>Metrics that nobody reads.</summary>
    public static AtriumMetrics Metrics() => new(new OwnMeters(), new QueueMeasures(TimeProvider.System));

    public static SecretVault VaultOf(SecretClient client, TimeProvider? time = null) =>
        new(client, time ?? TimeProvider.System, NoJitter);

    /// <summary>A pace of credits; null for none, as on a tier that has no such bound.</summary>
    public static CreditPace Credits(TimeProvider time, int? perSecond = null) =>
        new(Options.Create(new CreditOptions { PerSecond = perSecond }), time);

    /// <summary>Outages that nobody reads of, by a clock that stands still.</summary>
    public static OutageLog Outages() => new(new FakeTimeProvider(), NullLogger<OutageLog>.Instance);

    /// <summary>Failed requests that nobody reads of, by a clock that stands still.</summary>
    public static FailedRequests FailedRequests() =>
        new(new FakeTimeProvider(), NullLogger<FailedRequests>.Instance);

    /// <summary>There is nothing in it to dispose of.</summary>
    public static RecordingSender Sender(Journal? journal = null) => new(journal);

    public static DeliveryMessage Delivery() => new()
    {
        Tenant = Tenant,
        SubscriptionId = SubscriptionId,
        EventId = EventId,
        EventType = EventSelection.PreRegistered,
        DeliveryId = DeliveryId,
        AcceptedAt = Time,
        LivesFrom = Time,
        RunStartedAt = Time,
        DueAt = Time,
        Body = Body,
    };

    public static EventMessage Event() => new() { Tenant = Tenant, EventId = EventId, AcceptedAt = Time, Body = Body };

    public static SubscriptionStore Store(TableServiceClient tables) =>
        new(tables, new RestoreMark(tables, TimeProvider.System));

    public static Subscription Subscription(string id = SubscriptionId, params string[] events) => new()
    {
        Tenant = Tenant,
        Id = id,
        Url = "https://example.com/hook",
        Events = events.Length == 0 ? [EventSelection.All] : events,
        CreatedAt = Time,
    };

    public static AttemptRecord Record(
        AttemptOutcome outcome = AttemptOutcome.Retrying, int run = 1, int attempt = 1) => new()
        {
            Tenant = Tenant,
            SubscriptionId = SubscriptionId,
            EventId = EventId,
            EventType = EventSelection.PreRegistered,
            DeliveryId = DeliveryId,
            Run = run,
            Attempt = attempt,
            RunStartedAt = Time.AddMinutes(run - 1),
            DueAt = Time,
            StartedAt = Time.AddSeconds(attempt),
            Outcome = outcome,
            NextAttemptAt = outcome == AttemptOutcome.Retrying ? Time.AddSeconds(77) : null,
        };

    /// <summary>The message as the broker hands it out, whatever its body is.</summary>
    public static ServiceBusReceivedMessage Received(
        ServiceBusMessage message, int deliveryCount = 1, DateTimeOffset? enqueuedAt = null, long sequenceNumber = 1,
        DateTimeOffset? lockedUntil = null, Guid? lockToken = null,
        ServiceBusMessageState state = ServiceBusMessageState.Active,
        IEnumerable<KeyValuePair<string, object>>? properties = null)
    {
        var sent = message.GetRawAmqpMessage();
        var received = new AmqpAnnotatedMessage(sent.Body);
        received.Properties.MessageId = sent.Properties.MessageId;
        received.Properties.CorrelationId = sent.Properties.CorrelationId;
        received.Properties.Subject = sent.Properties.Subject;
        received.Properties.ContentType = sent.Properties.ContentType;
        received.Properties.ContentEncoding = sent.Properties.ContentEncoding;
        received.Properties.UserId = sent.Properties.UserId;
        received.Properties.To = sent.Properties.To;
        received.Properties.ReplyTo = sent.Properties.ReplyTo;
        received.Properties.GroupId = sent.Properties.GroupId;
        received.Properties.ReplyToGroupId = sent.Properties.ReplyToGroupId;
        received.Header.TimeToLive = sent.Header.TimeToLive;
        received.Header.DeliveryCount = (uint)deliveryCount;
        foreach (var (name, value) in properties ?? message.ApplicationProperties)
        {
            received.ApplicationProperties[name] = value;
        }

        received.MessageAnnotations["x-opt-enqueued-time"] = (enqueuedAt ?? Time).UtcDateTime;
        received.MessageAnnotations["x-opt-sequence-number"] = sequenceNumber;
        received.MessageAnnotations["x-opt-locked-until"] = (lockedUntil ?? Time.AddMinutes(1)).UtcDateTime;
        received.MessageAnnotations["x-opt-message-state"] = (int)state;
        return ServiceBusReceivedMessage.FromAmqpMessage(
            received, BinaryData.FromBytes((lockToken ?? Guid.NewGuid()).ToByteArray()));
    }

    /// <summary>What was sent while a test's clock went on, as it is handed out then.</summary>
    public static ServiceBusReceivedMessage ReceivedLater(ServiceBusMessage message) =>
        Received(message, enqueuedAt: Time.AddYears(1));

    public static ServiceBusReceivedMessage Received(DeliveryMessage delivery, int deliveryCount = 1) =>
        Received(DeliveryMessageWriter.Write(delivery, Time), deliveryCount);
}
