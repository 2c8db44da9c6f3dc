using System.IO.Compression;
using System.Text;
using Atrium.Functions.Erasure;
using Atrium.Functions.Tests.Fakes;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using CsCheck;

namespace Atrium.Functions.Tests.Erasure;

public sealed class MessageTextsTests
{
    const string Email = "jane@example.com";
    const string Wide =
        "\uff2a\uff41\uff4e\uff45\uff20\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45\uff0e\uff43\uff4f\uff4d";
    const string Json = "{\"first_name\":\"Zo\u00eb\",\"email\":\"jane@example.com\",\"host\":\"\u4e2d\ud83d\ude00\"}";

    const int Mebibyte = 1024 * 1024;

    static readonly ErasureSubject Jane = ErasureSubject.Of(Email);

    static readonly Dictionary<string, Encoding> Encodings = new()
    {
        ["utf-8"] = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        ["utf-16"] = Encoding.Unicode,
        ["utf-16BE"] = Encoding.BigEndianUnicode,
        ["utf-32"] = Encoding.UTF32,
        ["utf-32BE"] = new UTF32Encoding(bigEndian: true, byteOrderMark: true),
    };

    static readonly Dictionary<string, Func<Stream, Stream>> Formats = new()
    {
        ["gzip"] = bytes => new GZipStream(bytes, CompressionLevel.SmallestSize),
        ["deflate"] = bytes => new ZLibStream(bytes, CompressionLevel.Fastest),
        ["raw deflate"] = bytes => new DeflateStream(bytes, CompressionLevel.SmallestSize),
        ["br"] = bytes => new BrotliStream(bytes, CompressionLevel.Fastest),
    };

    static readonly Dictionary<string, Action<AmqpAnnotatedMessage>> Places = new()
    {
        ["subject"] = message => message.Properties.Subject = Email,
        ["message id"] = message => message.Properties.MessageId = new(Email),
        ["message id of binary"] = message =>
            message.Properties.MessageId = WireId.Of(new ArraySegment<byte>(Bytes(Email))),
        ["correlation id"] = message => message.Properties.CorrelationId = new(Email),
        ["correlation id of binary"] = message =>
            message.Properties.CorrelationId = WireId.Of(new ArraySegment<byte>(Bytes(Email))),
        ["user id"] = message => message.Properties.UserId = Bytes(Email),
        ["reply to"] = message => message.Properties.ReplyTo = new(Email),
        ["to"] = message => message.Properties.To = new(Email),
        ["group id"] = message => message.Properties.GroupId = Email,
        ["reply to group id"] = message => message.Properties.ReplyToGroupId = Email,
        ["content type"] = message => message.Properties.ContentType = $"text/plain; from={Email}",
        ["content encoding"] = message => message.Properties.ContentEncoding = Email,
        ["property's value"] = message => message.ApplicationProperties["who"] = Email,
        ["property's bytes"] = message => message.ApplicationProperties["who"] = Bytes(Email),
        ["property's bytes in UTF-16"] = message =>
            message.ApplicationProperties["who"] = new ArraySegment<byte>(Encoding.Unicode.GetBytes(Email)),
        ["property's URI"] = message => message.ApplicationProperties["who"] = new Uri($"mailto:{Email}"),
        ["property's name"] = message => message.ApplicationProperties[Email] = 1,
        ["data in segments"] = message =>
            message.Body = AmqpMessageBody.FromData([Bytes("{\"jane@exam"), Bytes("ple.com\"")]),
        ["string"] = message => message.Body = AmqpMessageBody.FromValue(Email),
        ["binary"] = message => message.Body = AmqpMessageBody.FromValue(Bytes(Email)),
        ["map's value"] = message => message.Body = AmqpMessageBody.FromValue(
            new Dictionary<string, object> { ["who"] = new List<object> { 1, Email } }),
        ["map's bytes"] = message => message.Body = AmqpMessageBody.FromValue(
            new Dictionary<string, object> { ["who"] = Encoding.BigEndianUnicode.GetBytes(Email) }),
        ["map's name"] = message => message.Body = AmqpMessageBody.FromValue(
            new Dictionary<string, object> { [Email] = true }),
        ["sequence"] = message => message.Body = AmqpMessageBody.FromSequence([[1], ["x", new List<object> { Email }]]),
    };

    public static TheoryData<string> PlaceNames => [.. Places.Keys];

    [Theory]
    [MemberData(nameof(PlaceNames))]
    public void An_address_is_found_wherever_in_a_message_it_stands(string where)
    {
        var message = new ServiceBusMessage("{}");
        Places[where](message.GetRawAmqpMessage());

        Assert.Contains(MessageTexts.Of(Some.Received(message)), Jane.Concerns);
        Assert.DoesNotContain(MessageTexts.Of(Some.Received(message)), ErasureSubject.Of("ane@example.com").Concerns);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-32BE")]
    public void It_is_found_whatever_the_encoding_is_with_a_byte_order_mark_or_without(string name)
    {
        var encoding = Encodings[name];
        foreach (var text in new[] { Json, Email, Wide, $"\u4e2d\u3000{Wide}", "{\"to\":\"jane\\u0040example.com\"}" })
        {
            byte[] bytes = encoding.GetBytes(text);
            Assert.True(IsIn(bytes));
            Assert.True(IsIn([.. encoding.GetPreamble(), .. bytes]));
        }

        foreach (var another in new[]
        {
            $"x{Email}", $"{Email}x", $"\u00e9{Email}", $"{Email}.au", $"\u0153{Email}", $"\u2019j{Email}",
        })
        {
            Assert.False(IsIn(encoding.GetBytes(another)));
            Assert.False(IsIn([.. encoding.GetPreamble(), .. encoding.GetBytes(another)]));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("br")]
    public void It_is_found_in_what_is_compressed_whatever_the_encoding_is(string format) =>
        Assert.All(Encodings.Values, encoding => Assert.True(IsIn(Compressed(format, encoding.GetBytes(Json)))));

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    public void It_is_found_in_what_is_compressed_and_breaks_off(string format) =>
        Assert.True(IsIn(Compressed(format, Bytes($"{Json}{new string(' ', 1000)}end"))[..^3]));

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("br")]
    public void It_is_found_in_the_first_mebibyte_of_what_is_compressed_and_no_more_is_read(string format)
    {
        Assert.True(IsIn(Compressed(format, Bytes(new string(' ', Mebibyte - Email.Length) + Email))));
        Assert.False(IsIn(Compressed(format, Bytes(new string(' ', 2 * Mebibyte) + Email))));
        Assert.All(
            ByteTexts.Of(Compressed(format, new byte[50 * Mebibyte])),
            text => Assert.InRange(text.Length, 0, Mebibyte + 4096));
    }

    [Fact]
    public void What_needs_a_dictionary_to_be_decompressed_is_looked_at_without_a_fault() =>
        Assert.False(IsIn([0x78, 0xBB, 1, 2, 3, 4, 5, 6]));

    [Fact]
    public void Lists_in_lists_are_looked_through_however_deep()
    {
        object value = Email;
        for (var depth = 0; depth < 1_000; depth++)
        {
            value = new List<object> { value };
        }

        var message = new ServiceBusMessage();
        message.GetRawAmqpMessage().Body = AmqpMessageBody.FromValue(value);
        Assert.Contains(MessageTexts.Of(Some.Received(message)), Jane.Concerns);
    }

    [Fact]
    public void Whatever_the_bytes_are_they_are_looked_at_without_a_fault() => Gen.OneOf(
            Gen.Byte.Array[0, 100],
            Gen.Select(Gen.OneOfConst([.. Formats.Keys]), Gen.Byte.Array[1, 100], Gen.Int[0, 200], Gen.Byte)
                .Select((format, bytes, at, changed) =>
                {
                    var compressed = Compressed(format, bytes);
                    compressed[at % compressed.Length] = changed;
                    return compressed;
                }))
        .Sample(bytes => Assert.False(IsIn(bytes)), iter: 5_000);

    static bool IsIn(byte[] body) => MessageTexts.Of(Received(body)).Any(Jane.Concerns);

    static ServiceBusReceivedMessage Received(byte[] body) =>
        Some.Received(new ServiceBusMessage(BinaryData.FromBytes(body)));

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static byte[] Compressed(string format, byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var stream = Formats[format](compressed))
        {
            stream.Write(bytes);
        }

        return compressed.ToArray();
    }
}
