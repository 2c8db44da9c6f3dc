using System.Text;
using Atrium.Functions.Egress;
using Atrium.Functions.TestWebhooks;
using CsCheck;

namespace Atrium.Functions.Tests.Egress;

/// <summary>An answer is shown as text, and searched for secrets, whatever its character set is.</summary>
public sealed class CharsetTests
{
    const string Secret = "s3cret-token";

    static readonly Dictionary<string, Encoding> Encodings = new()
    {
        ["utf-8"] = Encoding.UTF8,
        ["latin-1"] = Encoding.Latin1,
        ["utf-16"] = Encoding.Unicode,
        ["utf-16BE"] = Encoding.BigEndianUnicode,
        ["utf-32"] = Encoding.UTF32,
        ["utf-32BE"] = new UTF32Encoding(bigEndian: true, byteOrderMark: true),
    };

    [Theory]
    [InlineData("latin-1", "text/html; charset=iso-8859-1")]
    [InlineData("latin-1", "text/html; charset=\"ISO-8859-1\"")]
    [InlineData("latin-1", "text/plain;charset=windows-1252; format=flowed")]
    [InlineData("latin-1", "text/html; charset=no-such-charset")]
    [InlineData("latin-1", "text/html; charset=utf-8")]
    [InlineData("latin-1", "text/html; charset=utf-16")]
    [InlineData("latin-1", "charset=")]
    [InlineData("latin-1", null)]
    [InlineData("utf-8", "text/html; charset=iso-8859-1")]
    [InlineData("utf-8", "text/html; charset=utf-16")]
    [InlineData("utf-8", "text/html; charset=no-such-charset")]
    [InlineData("utf-8", null)]
    [InlineData("utf-16", "application/json; charset=utf-16")]
    [InlineData("utf-16", "application/json; charset=utf-16le")]
    [InlineData("utf-16", "text/html; charset=iso-8859-1")]
    [InlineData("utf-16", null)]
    [InlineData("utf-16BE", "application/json; charset=UTF-16BE")]
    [InlineData("utf-16BE", "application/json; charset=utf-16")]
    [InlineData("utf-16BE", null)]
    [InlineData("utf-32", null)]
    [InlineData("utf-32BE", "text/plain; charset=utf-32")]
    public async Task A_body_is_readable_and_what_it_echoes_is_hidden(string encoding, string? contentType)
    {
        var (body, attempt) = await AnsweredAsync(
            Encodings[encoding].GetBytes($"<p>Événement refusé: {Secret}</p>"), contentType);

        Assert.Equal(("<p>Événement refusé: ***</p>", "text"), (body.Body, body.BodyEncoding));
        Assert.Equal("<p>Événement refusé: ***</p>", attempt);
    }

    [Theory]
    [InlineData("utf-16", "text/plain; charset=utf-16")]
    [InlineData("utf-16BE", "text/plain; charset=utf-16be")]
    public async Task A_body_of_16_bits_that_begins_with_no_ASCII_is_read_by_its_header(
        string encoding, string contentType)
    {
        var (body, _) = await AnsweredAsync(Encodings[encoding].GetBytes($"Ошибка {Secret}"), contentType);

        Assert.Equal(("Ошибка ***", "text"), (body.Body, body.BodyEncoding));
    }

    [Fact]
    public async Task What_Windows_has_in_the_place_of_control_characters_is_readable()
    {
        var (body, _) = await AnsweredAsync(
            [0x93, .. "5 "u8, 0x80, 0x94, 0xE9, 0x9F, 0x81, 0x8D, 0x8F, 0x90, 0x9D], null);

        Assert.Equal(
            ("\u201c5 \u20ac\u201d\u00e9\u0178\u0081\u008d\u008f\u0090\u009d", "text"),
            (body.Body, body.BodyEncoding));
    }

    [Theory]
    [InlineData("FFD8FFE000104A46")]
    [InlineData("0100020000000380")]
    [InlineData("E9000000FF")]
    public async Task Bytes_that_are_no_text_are_shown_as_bytes(string hex)
    {
        var (body, _) = await AnsweredAsync(Convert.FromHexString(hex), "text/html; charset=iso-8859-1");

        Assert.Equal((Convert.ToBase64String(Convert.FromHexString(hex)), "base64"), (body.Body, body.BodyEncoding));
    }

    [Fact]
    public async Task A_long_body_is_cut_to_what_is_kept_once_it_is_converted()
    {
        var (body, _) = await AnsweredAsync(
            Encoding.Latin1.GetBytes(new string('\u00e9', 10_000)), "text/plain; charset=iso-8859-1");

        Assert.Equal((new string('\u00e9', 8_192), "text", true), (body.Body, body.BodyEncoding, body.Truncated));
    }

    [Fact]
    public void A_body_of_16_bits_that_is_cut_within_a_pair_is_text()
    {
        var cut = Encoding.Unicode.GetBytes("abc😀")[..^1];
        Assert.StartsWith(
            "abc", Encoding.UTF8.GetString(Charset.ToUtf8(cut, "", isCut: true).Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_in_UTF_8_that_is_cut_within_a_character_stays_as_it_is()
    {
        foreach (var length in new[] { 1, 2, 3 })
        {
            ReadOnlyMemory<byte> cut = Encoding.UTF8.GetBytes("é 😀").AsMemory(0, 3 + length);
            Assert.True(cut.Span.SequenceEqual(Charset.ToUtf8(cut, "", isCut: true).Span));
        }
    }

    [Fact]
    public void Whatever_the_bytes_and_the_header_are_they_are_read_without_a_fault() => Gen.Select(
            Gen.OneOf(Gen.Byte.Array[0, 12], Gen.OneOfConst<byte>(0, 65, 0xFF, 0xFE, 0xE9, 0xBB).Array[0, 8]),
            Gen.OneOfConst("", "charset=utf-16", "charset=utf-16be", "charset=iso-8859-1", "charset", "=;\"'"),
            Gen.Bool)
        .Sample((bytes, contentType, isCut) => Charset.ToUtf8(bytes, contentType, isCut).Length <= 4 * bytes.Length);

    static async Task<(ReceivedResponse Shown, string Text)> AnsweredAsync(byte[] body, string? contentType)
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            var header = contentType is null ? "" : $"Content-Type: {contentType}\r\n";
            await connection.AnswerAsync($"HTTP/1.1 400 No\r\n{header}Content-Length: {body.Length}\r\n\r\n");
            await connection.WriteAsync(body);
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync(new OutgoingRequest(receiver.Url, "msg_1", 1, "{}"u8.ToArray())
        {
            CustomHeaders = new Dictionary<string, string> { ["X-Key"] = Secret },
        });

        return (ReceivedResponse.Of(exchange.Status!.Value, exchange), exchange.Body.Text());
    }
}
