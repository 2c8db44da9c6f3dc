using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using CsCheck;

namespace Atrium.Functions.Tests.Messaging;

/// <summary>
/// Messages as anybody may put them on a queue: a good one of which some things are changed, each into whatever AMQP
/// can carry, so that most of what reads it is reached.
/// </summary>
static class StrangersMessage
{
    static readonly string[] Bodies =
        [SampleEvents.CheckedIn.ToString(), "", "{", "[]", "\ufeff{}", "{\"event\":\"\\ud800\"}"];

    static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOfConst(
            "", " ", "..", "acme", "a/b", "a b", "a\nb", "\0", "\ud83d\ude00", new string('x', 129),
            new string('x', 40_000)),
        Gen.OneOfConst(
            "0", "2027-12-31T00:00:00.0000000Z", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00.0000000Z", "{}",
            "null", "[1]"),
        Gen.OneOfConst(
            "00-00000000000000000000000000000000-0000000000000000-00",
            "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01"),
        Gen.String[0, 60]);

    /// <summary>A value of any type that an application property can have, nothing among them.</summary>
    public static readonly Gen<object?> Value = Gen.OneOf(
        Text.Select(text => (object?)text),
        Gen.Int.Select(number => (object?)number), Gen.Long.Select(number => (object?)number),
        Gen.ULong.Select(number => (object?)number), Gen.UInt.Select(number => (object?)number),
        Gen.Short.Select(number => (object?)number), Gen.UShort.Select(number => (object?)number),
        Gen.Byte.Select(number => (object?)number), Gen.SByte.Select(number => (object?)number),
        Gen.OneOfConst<object?>(
            0, 1, 1L, 1UL, (byte)1, 1.0, double.NaN, double.PositiveInfinity, 1m, 1f, int.MaxValue, long.MinValue),
        Gen.OneOfConst<object?>(
            true, 'c', Guid.Empty, DateTime.MaxValue, DateTime.MinValue, DateTimeOffset.MaxValue, TimeSpan.MinValue,
            null),
        Gen.Byte.Array[0, 60].Select(bytes => (object?)bytes),
        Gen.Const<object?>(new Uri("https://example.com/")));

    static readonly Gen<AmqpMessageBody> Body = Gen.OneOf(
        Gen.OneOfConst(Bodies).Select(text => Data(text)),
        Gen.OneOfConst(Bodies).Select(text => Data([.. text.Select(c => c.ToString())])),
        Gen.Byte.Array[0, 40].Select(bytes => AmqpMessageBody.FromData([bytes])),
        Gen.Const(AmqpMessageBody.FromData([])),
        Gen.OneOfConst(Bodies).Select(text => AmqpMessageBody.FromValue(text)),
        Value.Where(value => value is not null).Select(value => AmqpMessageBody.FromValue(value!)),
        Gen.Const(AmqpMessageBody.FromValue(new List<object> { 1, "two" })),
        Gen.Const(AmqpMessageBody.FromValue(new Dictionary<string, object> { ["a"] = 1 })),
        Gen.Const(AmqpMessageBody.FromValue(new byte[] { 1, 2 })),
        Gen.Const(AmqpMessageBody.FromSequence([[1, "two"], []])));

    // Service Bus limits a message's id; other clients send AMQP's other types of one.
    static readonly Gen<AmqpMessageId?> Id = Gen.OneOf(
        Text.Where(text => text.Length <= 128).Select(text => (AmqpMessageId?)WireId.Of(text)),
        Gen.Guid.Select(id => (AmqpMessageId?)WireId.Of(id)),
        Gen.ULong.Select(id => (AmqpMessageId?)WireId.Of(id)),
        Gen.Byte.Array[0, 128].Select(id => (AmqpMessageId?)WireId.Of(new ArraySegment<byte>(id))),
        Gen.Const((AmqpMessageId?)null));

    /// <summary>An event's message of which up to five things are changed.</summary>
    public static Gen<ServiceBusMessage> Event => Changed(() => (Some.Event() with { Replays = 1 }).Write(Some.Time));

    /// <summary>A delivery's message of which up to five things are changed.</summary>
    public static Gen<ServiceBusMessage> Delivery => Changed(() => DeliveryMessageWriter.Write(
        Some.Delivery() with { LivesFrom = Some.Time.AddMinutes(1), Unrecorded = Some.Record(attempt: 1) }, Some.Time));

    /// <summary>A message of a job's step of which up to five things are changed.</summary>
    public static Gen<ServiceBusMessage> Step(Func<ServiceBusMessage> good) => Changed(good);

    static AmqpMessageBody Data(params string[] segments) =>
        AmqpMessageBody.FromData(
            segments.Select(segment => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(segment)));

    static Gen<ServiceBusMessage> Changed(Func<ServiceBusMessage> good) =>
        Change(good).Array[0, 5].Select(changes =>
        {
            var message = good();
            Array.ForEach(changes, change => change(message));
            return message;
        });

    static Gen<Action<ServiceBusMessage>> Change(Func<ServiceBusMessage> good) => Gen.OneOf(
        Body.Select(body => (Action<ServiceBusMessage>)(message => message.GetRawAmqpMessage().Body = body)),
        Gen.Select(
            Gen.OneOfConst([.. good().ApplicationProperties.Keys, "Diagnostic-Id", "traceparent", "DeadLetterReason"]),
            Value)
            .Select((name, value) => (Action<ServiceBusMessage>)(message => Set(message, name, value))),
        Gen.Select(Id, Gen.Bool).Select((id, isMessages) => Change(properties =>
        {
            if (isMessages)
            {
                properties.MessageId = id;
            }
            else
            {
                properties.CorrelationId = id;
            }
        })),
        Text.Select(text => Change(properties => properties.Subject = text)),
        Text.Select(text => Change(properties => properties.ContentType = text)),
        Text.Select(text => Change(properties => properties.ReplyTo = new(text))),
        Text.Select(text => Change(properties => properties.GroupId = text)));

    static Action<ServiceBusMessage> Change(Action<AmqpMessageProperties> change) =>
        message => change(message.GetRawAmqpMessage().Properties);

    // Nothing stands for a property that is missing.
    static void Set(ServiceBusMessage message, string name, object? value)
    {
        if (value is null)
        {
            message.ApplicationProperties.Remove(name);
        }
        else
        {
            message.ApplicationProperties[name] = value;
        }
    }
}
