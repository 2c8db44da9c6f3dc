namespace Azure.Messaging.ServiceBus.Tests.Messages;

public sealed class MessageTests
{
    static readonly DateTimeOffset Noon = new(2026, 4, 15, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ids_that_are_too_long_are_refused()
    {
        var message = new ServiceBusMessage("body") { MessageId = new string('i', 128), SessionId = new string('s', 128) };
        Assert.Throws<ArgumentException>(() => message.MessageId = new string('i', 129));
        Assert.Throws<ArgumentException>(() => message.MessageId = "");
        Assert.Throws<ArgumentException>(() => message.MessageId = null);
        Assert.Throws<ArgumentOutOfRangeException>(() => message.SessionId = new string('s', 129));
        Assert.Throws<ArgumentOutOfRangeException>(() => message.PartitionKey = new string('p', 129));
        Assert.Throws<ArgumentOutOfRangeException>(() => message.ReplyToSessionId = new string('r', 129));
        Assert.Throws<ArgumentOutOfRangeException>(() => message.TimeToLive = TimeSpan.Zero);
    }

    [Fact]
    public void Nothing_is_not_a_body()
    {
        Assert.Throws<ArgumentNullException>(() => new ServiceBusMessage((string)null!));
        Assert.Throws<ArgumentNullException>(() => new ServiceBusMessage((BinaryData)null!));
        Assert.Throws<ArgumentNullException>(() => new ServiceBusMessage((ServiceBusReceivedMessage)null!));
        Assert.Equal(0, new ServiceBusMessage().Body.ToMemory().Length);
    }

    [Fact]
    public void A_copy_keeps_what_the_sender_said_and_drops_what_the_service_noted()
    {
        var properties = new Dictionary<string, object>
        {
            ["tenant"] = "t1", ["DeadLetterReason"] = "r", ["DeadLetterErrorDescription"] = "d", ["Diagnostic-Id"] = "x", ["traceparent"] = "p", ["tracestate"] = "s",
        };
        var received = ServiceBusModelFactory.ServiceBusReceivedMessage(
            BinaryData.FromString("body"), "id", "key", "via", "session", "replySession", TimeSpan.FromDays(3), "correlation", "subject", "to", "type", "reply",
            Noon, properties, Guid.NewGuid(), 4, Noon, 77, "source", 78, Noon);

        var copy = new ServiceBusMessage(received);

        Assert.Equal(
            ("body", "id", "key", "via", "session", "replySession", TimeSpan.FromDays(3)),
            (copy.Body.ToString(), copy.MessageId, copy.PartitionKey, copy.TransactionPartitionKey, copy.SessionId, copy.ReplyToSessionId, copy.TimeToLive));
        Assert.Equal(
            ("correlation", "subject", "to", "type", "reply", default(DateTimeOffset)),
            (copy.CorrelationId, copy.Subject, copy.To, copy.ContentType, copy.ReplyTo, copy.ScheduledEnqueueTime));
        Assert.Equal(["tenant"], copy.ApplicationProperties.Keys);
        Assert.Null(copy.Content.DeliveryCount);
        Assert.Equal(["x-opt-partition-key", "x-opt-via-partition-key", "x-opt-message-state"], copy.Content.Annotations.Keys);
    }

    [Fact]
    public void A_copy_is_its_own()
    {
        var received = ServiceBusModelFactory.ServiceBusReceivedMessage(messageId: "id", properties: new Dictionary<string, object> { ["a"] = 1 });
        var copy = new ServiceBusMessage(received) { MessageId = "other" };
        copy.ApplicationProperties["a"] = 2;
        Assert.Equal(("id", 1), (received.MessageId, received.ApplicationProperties["a"]));
    }

    [Fact]
    public void A_received_message_made_by_a_test_says_what_the_test_told_it()
    {
        var token = Guid.NewGuid();
        var received = ServiceBusModelFactory.ServiceBusReceivedMessage(
            timeToLive: TimeSpan.FromHours(1), lockTokenGuid: token, deliveryCount: 3, lockedUntil: Noon, sequenceNumber: 5, deadLetterSource: "q",
            enqueuedSequenceNumber: 6, enqueuedTime: Noon, serviceBusMessageState: ServiceBusMessageState.Deferred,
            properties: new Dictionary<string, object> { ["DeadLetterReason"] = "r", ["DeadLetterErrorDescription"] = "d" });
        Assert.Equal(
            (token.ToString(), 3, Noon, 5L, "q", 6L, Noon),
            (received.LockToken, received.DeliveryCount, received.LockedUntil, received.SequenceNumber, received.DeadLetterSource, received.EnqueuedSequenceNumber, received.EnqueuedTime));
        Assert.Equal(
            ("r", "d", ServiceBusMessageState.Deferred, Noon.AddHours(1)),
            (received.DeadLetterReason, received.DeadLetterErrorDescription, received.State, received.ExpiresAt));
    }

    [Fact]
    public void A_message_without_a_time_to_live_never_expires()
    {
        var received = ServiceBusModelFactory.ServiceBusReceivedMessage(enqueuedTime: Noon);
        Assert.Equal((TimeSpan.MaxValue, DateTimeOffset.MaxValue), (received.TimeToLive, received.ExpiresAt));
    }
}
