using System.Runtime.Serialization;
using Amqp.Types;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>The types that application properties may have, on this side and on the wire.</summary>
internal static class PropertyValue
{
    static readonly Symbol UriType = new("com.microsoft:uri");
    static readonly Symbol DateTimeOffsetType = new("com.microsoft:datetime-offset");
    static readonly Symbol TimeSpanType = new("com.microsoft:timespan");

    public static object? ToAmqp(string name, object? value) => value switch
    {
        null or bool or byte or sbyte or short or ushort or int or uint or long or ulong or float or double or char or string or Guid or DateTime or byte[] => value,
        decimal number => DecimalValue.ToAmqp(number),
        Uri uri => new DescribedValue(UriType, uri.AbsoluteUri),
        DateTimeOffset time => new DescribedValue(DateTimeOffsetType, time.UtcTicks),
        TimeSpan time => new DescribedValue(TimeSpanType, time.Ticks),
        _ => throw new SerializationException(
            $"The application property '{name}' has the type {value.GetType()}, which cannot be sent. Send a number, boolean, string, time, Guid, Uri or byte array."),
    };

    public static object? FromAmqp(object? value) => value switch
    {
        Symbol symbol => symbol.ToString(),
        Amqp.Types.Decimal number => DecimalValue.FromAmqp(number),
        DescribedValue { Descriptor: Symbol type, Value: var inner } => FromDescribed(type, inner),
        _ => value,
    };

    static object? FromDescribed(Symbol type, object? value) => value switch
    {
        string text when type.Equals(UriType) && Uri.TryCreate(text, UriKind.Absolute, out var uri) => uri,
        long ticks when type.Equals(DateTimeOffsetType) => new DateTimeOffset(ticks, TimeSpan.Zero),
        long ticks when type.Equals(TimeSpanType) => TimeSpan.FromTicks(ticks),
        _ => value,
    };
}
