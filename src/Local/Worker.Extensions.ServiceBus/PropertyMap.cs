using System.Runtime.Serialization;
using Google.Protobuf;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Application properties as an encoded AMQP map. Three of .NET's types have none of AMQP's own and go as Service Bus
/// describes them.
/// </summary>
internal static class PropertyMap
{
    static readonly AmqpSymbol TimeSpanName = "com.microsoft:timespan";
    static readonly AmqpSymbol UriName = "com.microsoft:uri";
    static readonly AmqpSymbol DateTimeOffsetName = "com.microsoft:datetime-offset";

    /// <exception cref="SerializationException">A value is of a type that AMQP does not have.</exception>
    public static ByteString Encode(IDictionary<string, object> properties)
    {
        var map = new AmqpMap();
        foreach (var (name, value) in properties)
        {
            map[new MapKey(name)] = Encodable(name, value);
        }

        using var buffer = new ByteBuffer(AmqpCodec.GetMapEncodeSize(map), autoGrow: false);
        AmqpCodec.EncodeMap(map, buffer);
        return ByteString.CopyFrom(buffer.Buffer, buffer.Offset, buffer.Length);
    }

    static object? Encodable(string name, object? value) => value switch
    {
        null or byte or sbyte or char or short or ushort or int or uint or long or ulong or float or double or decimal
            or bool or Guid or string or DateTime => value,
        Stream stream => Bytes(stream),
        TimeSpan span => new DescribedType(TimeSpanName, span.Ticks),
        Uri uri => new DescribedType(UriName, uri.AbsoluteUri),
        DateTimeOffset time => new DescribedType(DateTimeOffsetName, time.UtcTicks),
        _ => throw new SerializationException(
            $"The property {name} is a {value.GetType()}, which no application property of Service Bus can be."),
    };

    static ArraySegment<byte> Bytes(Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
