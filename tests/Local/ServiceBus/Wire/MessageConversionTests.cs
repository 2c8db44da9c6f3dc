using System.Runtime.Serialization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Azure.Messaging.ServiceBus.Wire;

namespace Azure.Messaging.ServiceBus.Tests.Wire;

public sealed class MessageConversionTests
{
    static readonly DateTime Now = new(2026, 4, 15, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void All_of_a_message_comes_through()
    {
        var message = new ServiceBusMessage(new byte[] { 0, 1, 255 })
        {
            MessageId = "id", CorrelationId = "correlation", ContentType = "application/json", Subject = "subject", To = "to", ReplyTo = "reply",
            SessionId = "session", ReplyToSessionId = "replySession", PartitionKey = "session", TransactionPartitionKey = "via",
            TimeToLive = TimeSpan.FromMinutes(7), ScheduledEnqueueTime = Now,
        };
        var received = Through(message);
        Assert.Equal([0, 1, 255], received.Body.ToArray());
        Assert.Equal(
            ("id", "correlation", "application/json", "subject", "to", "reply"),
            (received.MessageId, received.CorrelationId, received.ContentType, received.Subject, received.To, received.ReplyTo));
        Assert.Equal(
            ("session", "replySession", "session", "via", TimeSpan.FromMinutes(7), new DateTimeOffset(Now)),
            (received.SessionId, received.ReplyToSessionId, received.PartitionKey, received.TransactionPartitionKey, received.TimeToLive, received.ScheduledEnqueueTime));
    }

    public static TheoryData<object> Values =>
    [
        true, (byte)1, (sbyte)-1, (short)-2, (ushort)2, -3, 3u, -4L, 4UL, 1.5f, -2.5, 'c', "text", Guid.NewGuid(), Now, new byte[] { 1, 2 },
        new Uri("https://example.com/a"), TimeSpan.FromSeconds(90), new DateTimeOffset(Now), 12.3400m, -0.0000000000000000000000000001m, decimal.MaxValue, decimal.MinValue, 0m,
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void Application_properties_keep_their_type(object value)
    {
        var received = Through(new ServiceBusMessage { ApplicationProperties = { ["value"] = value } }).ApplicationProperties["value"];
        Assert.IsType(value.GetType(), received);
        Assert.Equal(value, received);
    }

    [Fact]
    public void A_property_that_cannot_be_sent_is_named()
    {
        var refusal = Assert.Throws<SerializationException>(() => Through(new ServiceBusMessage { ApplicationProperties = { ["odd"] = new object() } }));
        Assert.Contains("'odd'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_to_live_longer_than_the_header_can_tell_comes_through_too() =>
        Assert.Equal(TimeSpan.FromDays(100), Through(new ServiceBusMessage { TimeToLive = TimeSpan.FromDays(100) }).TimeToLive);

    [Fact]
    public void A_delivery_counts_itself_and_a_peek_does_not()
    {
        var bytes = Bytes(new Message { Header = new Header { DeliveryCount = 2 }, BodySection = new Data { Binary = [] } });
        Assert.Equal((3, 2), (MessageDecoder.Fetched(bytes, Guid.NewGuid()).DeliveryCount, MessageDecoder.Peeked(bytes).DeliveryCount));
    }

    [Fact]
    public void What_the_service_notes_is_read()
    {
        var token = Guid.NewGuid();
        var notes = new MessageAnnotations
        {
            [new Symbol("x-opt-sequence-number")] = 9L,
            [new Symbol("x-opt-enqueued-time")] = Now,
            [new Symbol("x-opt-locked-until")] = Now.AddMinutes(1),
            [new Symbol("x-opt-enqueue-sequence-number")] = 4L,
            [new Symbol("x-opt-message-state")] = 1,
            [new Symbol("x-opt-deadletter-source")] = "deliveries",
        };
        var received = MessageDecoder.Fetched(Bytes(new Message { MessageAnnotations = notes, BodySection = new Data { Binary = [1] } }), token);
        Assert.Equal(
            (9L, new DateTimeOffset(Now), new DateTimeOffset(Now.AddMinutes(1)), 4L, ServiceBusMessageState.Deferred, "deliveries", token.ToString()),
            (received.SequenceNumber, received.EnqueuedTime, received.LockedUntil, received.EnqueuedSequenceNumber, received.State, received.DeadLetterSource, received.LockToken));
    }

    [Fact]
    public void Bodies_in_several_parts_are_put_together_and_those_that_are_not_bytes_refused()
    {
        var parts = new DataList();
        parts.Add(new Data { Binary = [1] });
        parts.Add(new Data { Binary = [2, 3] });
        Assert.Equal([1, 2, 3], MessageDecoder.Peeked(Bytes(new Message { BodySection = parts })).Body.ToArray());
        var value = MessageDecoder.Peeked(Bytes(new Message { BodySection = new AmqpValue { Value = "text" } }));
        Assert.Throws<NotSupportedException>(() => value.Body);
    }

    static ServiceBusReceivedMessage Through(ServiceBusMessage message)
    {
        var encoded = MessageEncoder.Encode(message.Content, Now);
        return MessageDecoder.Peeked(encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray());
    }

    static byte[] Bytes(Message message)
    {
        var encoded = message.Encode();
        return encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray();
    }
}
