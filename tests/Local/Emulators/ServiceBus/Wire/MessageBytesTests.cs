using Amqp;
using Amqp.Framing;
using Atrium.Local.Emulators.ServiceBus.Queues;
using Atrium.Local.Emulators.ServiceBus.Wire;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

public class MessageBytesTests
{
    [Fact]
    public void The_bare_message_goes_out_byte_for_byte()
    {
        var sent = Bytes(new Message
        {
            Header = new Header { Durable = true, Priority = 7 },
            Properties = new Amqp.Framing.Properties { MessageId = "id", Subject = "subject" },
            ApplicationProperties = new ApplicationProperties { ["tenant"] = "default", ["number"] = 42L },
            BodySection = new Data { Binary = [0, 1, 2, 255] },
            Footer = new Footer { [new Amqp.Types.Symbol("foot")] = "note" },
        });

        var arrival = IncomingMessage.Parse(sent);
        var encoded = AmqpBytes.Span(
            OutgoingMessage.Encode(
            arrival.Content, new QueuedMessage(1) { SequenceNumber = 9, DeliveryCount = 3 }, null)).ToArray();

        Assert.Equal(sent[MessageSections.Scan(sent).Bare..], encoded[MessageSections.Scan(encoded).Bare..]);
        var received = Message.Decode(AmqpBytes.Buffer(encoded));
        Assert.Equal((3u, 7, true), (received.Header.DeliveryCount, received.Header.Priority, received.Header.Durable));
        Assert.Equal(9L, received.MessageAnnotations[Annotations.SequenceNumber]);
    }

    [Fact]
    public void A_message_without_an_id_is_given_one_and_keeps_the_rest()
    {
        var arrival = IncomingMessage.Parse(
            Bytes(new Message
            {
                Properties = new Amqp.Framing.Properties { Subject = "subject" },
                BodySection = new Data { Binary = [5] }
            }));

        var message = Message.Decode(AmqpBytes.Buffer(arrival.Content));

        Assert.Equal(32, arrival.MessageId.Length);
        Assert.Equal((arrival.MessageId, "subject"), (message.Properties.MessageId, message.Properties.Subject));
        Assert.Equal([5], (byte[])message.Body);
    }

    [Fact]
    public void A_message_of_a_body_alone_is_given_an_id_too()
    {
        var arrival = IncomingMessage.Parse(Bytes(new Message { BodySection = new Data { Binary = [5] } }));

        Assert.Equal(arrival.MessageId, Message.Decode(AmqpBytes.Buffer(arrival.Content)).Properties.MessageId);
    }

    [Fact]
    public void Properties_set_on_settlement_change_nothing_else()
    {
        var before = Bytes(new Message
        {
            Properties = new Amqp.Framing.Properties { MessageId = "id" },
            ApplicationProperties = new ApplicationProperties { ["kept"] = 1, ["changed"] = "old" },
            BodySection = new Data { Binary = [1, 2, 3] },
        });

        var after = ApplicationPropertySection.Merge(
            before, new PropertyChanges { ["changed"] = "new", ["added"] = true });

        var (was, now) = (MessageSections.Scan(before), MessageSections.Scan(after));
        Assert.Equal(before[was.Properties], after[now.Properties]);
        Assert.Equal(before[was.Body..], after[now.Body..]);
        var properties = Message.Decode(AmqpBytes.Buffer(after)).ApplicationProperties;
        Assert.Equal((1, "new", true), (properties["kept"], properties["changed"], properties["added"]));
    }

    [Fact]
    public void A_message_without_application_properties_takes_them_between_properties_and_body()
    {
        var after = ApplicationPropertySection.Merge(
            Bytes(new Message
            {
                Properties = new Amqp.Framing.Properties { MessageId = "id" },
                BodySection = new AmqpValue { Value = "body" }
            }), new PropertyChanges { ["a"] = 1 });

        var message = Message.Decode(AmqpBytes.Buffer(after));

        Assert.Equal(
            ("id", 1, "body"), (message.Properties.MessageId, message.ApplicationProperties["a"], message.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ff")]
    [InlineData("005370")]
    [InlineData("005370c0ff00")]
    [InlineData("005373d0ffffffff00000000")]
    [InlineData("005374c10401a1026100")]
    [InlineData("005374c10100005373c00100")]
    public void Bytes_that_are_no_message_are_refused_as_such(string hex)
    {
        var error = Record.Exception(() => IncomingMessage.Parse(Convert.FromHexString(hex)));

        Assert.True(
            hex.Length == 0
            ? error is null
            : error is AmqpException { Error.Condition: var condition } && condition == ErrorCode.DecodeError,
            error?.ToString());
    }

    [Fact]
    public void A_time_to_live_beyond_the_headers_field_is_read_from_the_properties()
    {
        var made = new DateTime(2026, 4, 15, 9, 30, 0, DateTimeKind.Utc);
        var arrival = IncomingMessage.Parse(Bytes(new Message
        {
            Header = new Header { Ttl = uint.MaxValue },
            Properties =
                new Amqp.Framing.Properties
                {
                    MessageId = "id",
                    CreationTime = made,
                    AbsoluteExpiryTime = made.AddDays(100)
                },
        }));

        Assert.Equal(TimeSpan.FromDays(100), arrival.TimeToLive);
    }

    static byte[] Bytes(Message message) => AmqpBytes.Span(message.Encode()).ToArray();
}
