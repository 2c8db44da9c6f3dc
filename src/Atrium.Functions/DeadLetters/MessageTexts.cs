using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Atrium.Functions.Messages;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// The texts of a message in which an address may stand: its body, whether JSON or not, and its properties. Each comes
/// without the escapes of JSON and, where that is something else, without those of URLs and of HTML. Pure.
/// </summary>
internal static partial class MessageTexts
{
    public static IEnumerable<string> Of(ServiceBusReceivedMessage message) =>
        message.ApplicationProperties.Values.OfType<string>()
            .Concat(message.ApplicationProperties.Keys)
            .Concat(new[] { message.Subject, message.MessageId, message.CorrelationId, message.ReplyTo }.OfType<string>())
            .Prepend(Encoding.UTF8.GetString(BytesOf(message).ToMemory().Span))
            .SelectMany(Readings);

    // A body that is no bytes, such as a map, has its texts in UTF-8 where AMQP writes them.
    static BinaryData BytesOf(ServiceBusReceivedMessage message) =>
        MessageBody.Read(message).Bytes ?? message.GetRawAmqpMessage().ToBytes();

    // A JSON text is not parsed for it: its quotes end an address as well, and what is no JSON, or has half a surrogate
    // pair, is read alike.
    static IEnumerable<string> Readings(string text)
    {
        var withoutJson = JsonEscape().Replace(text, Escaped);
        var withoutPercents = Uri.UnescapeDataString(withoutJson);
        return new[] { withoutJson, withoutPercents, WebUtility.HtmlDecode(withoutPercents) }
            .Where(reading => reading.Contains('@', StringComparison.Ordinal)).Distinct().Select(CaselessText.Fold);
    }

    static string Escaped(Match escape) => escape.Groups["code"] is { Success: true } code
        ? ((char)ushort.Parse(code.ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()
        : escape.Groups["itself"] is { Success: true } itself ? itself.Value : " ";

    // Several backslashes: JSON as a text in JSON; no run of them is looked at twice. Control characters end an address.
    [GeneratedRegex("""(?<!\\)(?>\\+)(?:u(?<code>[0-9a-fA-F]{4})|(?<itself>["/])|[bfnrt])""")]
    private static partial Regex JsonEscape();
}
