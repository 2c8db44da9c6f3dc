using System.Collections;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Erasure;

/// <summary>
/// The texts of a message that may contain an address: its body, of any type, and everything else that a sender can
/// write into a message, including bytes. Each comes without the escapes of JSON, HTML and URLs, in every way in which
/// these can be read. Pure.
/// </summary>
internal static class MessageTexts
{
    // Where an escape has two, both count: it is better to take one message too many than to leave an address behind.
    static readonly Escapes[] Meanings =
    [
        Escapes.UrlEnds,
        Escapes.UrlEnds | Escapes.Letters,
        Escapes.UrlEnds | Escapes.Form,
        Escapes.UrlEnds | Escapes.Letters | Escapes.Form,
    ];

    public static IEnumerable<string> Of(ServiceBusReceivedMessage message) =>
        Parts(message).SelectMany(Texts).SelectMany(Readings);

    static IEnumerable<object> Parts(ServiceBusReceivedMessage message)
    {
        var raw = message.GetRawAmqpMessage();
        return Leaves(
            (object?)MessageBody.Read(message).Bytes ?? ValueOf(raw.Body),
            raw.ApplicationProperties.Keys, raw.ApplicationProperties.Values,
            raw.MessageAnnotations.Keys, raw.MessageAnnotations.Values,
            raw.DeliveryAnnotations.Keys, raw.DeliveryAnnotations.Values,
            raw.Footer.Keys, raw.Footer.Values,
            Id(raw.Properties.MessageId), Id(raw.Properties.CorrelationId),
            raw.Properties.UserId, raw.Properties.Subject, raw.Properties.ContentType, raw.Properties.ContentEncoding,
            raw.Properties.To?.ToString(), raw.Properties.ReplyTo?.ToString(),
            raw.Properties.GroupId, raw.Properties.ReplyToGroupId);
    }

    static object? ValueOf(AmqpMessageBody body) =>
        body.TryGetValue(out var value) ? value : body.TryGetSequence(out var sequences) ? sequences : null;

    // An id of AMQP's type binary arrives as its hexadecimal digits.
    static object[] Id(AmqpMessageId? id) => id?.ToString() switch
    {
        null => [],
        { Length: var length } hex when length % 2 == 0 && hex.All(char.IsAsciiHexDigit) =>
            [hex, Convert.FromHexString(hex)],
        var text => [text],
    };

    // Without recursion: how deep it goes is the sender's choice.
    static IEnumerable<object> Leaves(params object?[] values)
    {
        var left = new Stack<object?>(values);
        while (left.TryPop(out var value))
        {
            switch (value)
            {
                case string or BinaryData or byte[] or ArraySegment<byte> or ReadOnlyMemory<byte> or Uri:
                    yield return value;
                    break;
                case IDictionary map:
                    left.Push(map.Keys);
                    left.Push(map.Values);
                    break;
                case IEnumerable list:
                    foreach (var item in list)
                    {
                        left.Push(item);
                    }

                    break;
            }
        }
    }

    static IEnumerable<string> Texts(object part) => part switch
    {
        BinaryData bytes => ByteTexts.Of(bytes.ToMemory()),
        byte[] bytes => ByteTexts.Of(bytes),
        ArraySegment<byte> bytes => ByteTexts.Of(bytes),
        ReadOnlyMemory<byte> bytes => ByteTexts.Of(bytes),
        _ => [part.ToString()!],
    };

    // A JSON text is not parsed for it: its quotes end an address as well, and what is no JSON, or has half a surrogate
    // pair, is read alike.
    static IEnumerable<string> Readings(string text) =>
        Meanings.SelectMany(meaning => DecodedText.Readings(text, meaning)).Select(reading => reading.Text)
            .Where(reading => reading.AsSpan().ContainsAny('@', CaselessText.WideAt))
            .Distinct().Select(CaselessText.Fold);
}
