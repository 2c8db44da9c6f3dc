using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Messaging;

/// <summary>The body sections of AMQP 1.0, 3.2.6 to 3.2.8.</summary>
public sealed class MessageBodyTests
{
    public static TheoryData<object, string> Values => new()
    {
        { 5, "int" },
        { 5UL, "ulong" },
        { 1.5, "double" },
        { true, "boolean" },
        { Guid.Empty, "uuid" },
        { DateTime.UnixEpoch, "timestamp" },
        { new byte[] { 1 }, "binary" },
        { new List<object> { 1 }, "list" },
        { new Dictionary<string, object> { ["a"] = 1 }, "map" },
    };

    [Fact]
    public void All_segments_of_data_are_the_body() =>
        Assert.Equal("abc", Read(AmqpMessageBody.FromData([Bytes("a"), Bytes(""), Bytes("bc")])).Bytes!.ToString());

    [Fact]
    public void Data_without_segments_is_an_empty_body() =>
        Assert.Equal("", Read(AmqpMessageBody.FromData([])).Bytes!.ToString());

    [Fact]
    public void A_string_is_its_UTF_8_bytes() =>
        Assert.Equal(
            "{\"name\":\"Zoë \ud83d\ude00\"}",
            Read(AmqpMessageBody.FromValue("{\"name\":\"Zoë \ud83d\ude00\"}")).Bytes!.ToString());

    [Theory]
    [MemberData(nameof(Values))]
    public void Another_value_is_refused_by_its_type(object value, string type) => Assert.Equal(
        (null, $"The message's body is an AMQP value of type {type}; it must be the JSON, as data or as one string."),
        Read(AmqpMessageBody.FromValue(value)));

    [Fact]
    public void A_sequence_is_refused() => Assert.Equal(
        (null, "The message's body is an AMQP sequence; it must be the JSON, as data or as one string."),
        Read(AmqpMessageBody.FromSequence([[1, 2]])));

    static (BinaryData? Bytes, string? Fault) Read(AmqpMessageBody body)
    {
        var message = new ServiceBusMessage();
        message.GetRawAmqpMessage().Body = body;
        return MessageBody.Read(Some.Received(message));
    }

    static ReadOnlyMemory<byte> Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
