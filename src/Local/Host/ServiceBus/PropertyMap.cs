using Google.Protobuf;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;

namespace Atrium.Local.Host.ServiceBus;

/// <summary>
/// Application properties out of an encoded AMQP map. Three of .NET's types come described, and the SDK wants them as
/// they were.
/// </summary>
internal static class PropertyMap
{
    const string TimeSpanName = "com.microsoft:timespan";
    const string UriName = "com.microsoft:uri";
    const string DateTimeOffsetName = "com.microsoft:datetime-offset";

    /// <returns>The properties, or null for none.</returns>
    public static Dictionary<string, object?>? Decode(ByteString encoded)
    {
        if (encoded.IsEmpty)
        {
            return null;
        }

        using var buffer = new ByteBuffer(encoded.ToByteArray(), 0, encoded.Length);
        return AmqpCodec.DecodeMap(buffer)
            .ToDictionary(property => property.Key.Key.ToString()!, property => Value(property.Value));
    }

    static object? Value(object? value) =>
        value is not DescribedType { Descriptor: AmqpSymbol name } described
            ? value
            : (name.Value, described.Value) switch
            {
                (TimeSpanName, long ticks) => new TimeSpan(ticks),
                (UriName, string uri) => new Uri(uri),
                (DateTimeOffsetName, long ticks) => new DateTimeOffset(ticks, TimeSpan.Zero),
                _ => value,
            };
}
