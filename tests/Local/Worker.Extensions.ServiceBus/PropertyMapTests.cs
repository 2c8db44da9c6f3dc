using System.Runtime.Serialization;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Local.Worker.Extensions.ServiceBus.Tests;

public sealed class PropertyMapTests
{
    static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 30, 0, TimeSpan.FromHours(2));

    public static TheoryData<object> OfAmqp =>
    [
        (byte)200, (sbyte)-3, 'ß', (short)-300, (ushort)60000, -70000, 3_000_000_000u, long.MinValue,
        ulong.MaxValue, 1.5f, 2.25d, 3.75m, true, false, Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"),
        "text", "", Time.UtcDateTime,
    ];

    public static TheoryData<object, string, object> Described => new()
    {
        { TimeSpan.FromSeconds(90), "com.microsoft:timespan", TimeSpan.FromSeconds(90).Ticks },
        { new Uri("https://example.org/a b?c=d"), "com.microsoft:uri", "https://example.org/a%20b?c=d" },
        { Time, "com.microsoft:datetime-offset", Time.UtcTicks },
    };

    public static TheoryData<object> Others =>
        [new byte[] { 1 }, new object(), new[] { "a" }, new Dictionary<string, object>(), DayOfWeek.Friday];

    [Theory]
    [MemberData(nameof(OfAmqp))]
    public void A_value_of_a_type_that_AMQP_has_comes_out_as_it_went_in(object value) =>
        Assert.Equal(value, RoundTrip(value));

    [Theory]
    [MemberData(nameof(Described))]
    public void A_value_of_a_type_that_AMQP_lacks_goes_as_service_bus_describes_it(
        object value, string descriptor, object told)
    {
        var described = Assert.IsType<DescribedType>(RoundTrip(value));
        Assert.Equal((descriptor, told), (described.Descriptor.ToString(), described.Value));
    }

    [Fact]
    public void A_streams_bytes_go_and_so_does_null()
    {
        using var stream = new MemoryStream([1, 2, 3]);
        Assert.Equal([1, 2, 3], Assert.IsType<ArraySegment<byte>>(RoundTrip(stream)).ToArray());
        Assert.Null(RoundTrip(null));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void A_value_of_any_other_type_is_refused(object value) =>
        Assert.Throws<SerializationException>(() => RoundTrip(value));

    [Fact]
    public void All_properties_go_however_many_there_are()
    {
        var properties = Enumerable.Range(0, 300).ToDictionary(number => $"name-{number}", object (number) => number);
        Assert.Equal(properties, Decode(properties).ToDictionary(pair => pair.Key.Key.ToString()!, pair => pair.Value));
        Assert.Empty(Decode(new Dictionary<string, object>()));
    }

    static object? RoundTrip(object? value) =>
        Assert.Single(Decode(new Dictionary<string, object> { ["name"] = value! })).Value;

    static AmqpMap Decode(Dictionary<string, object> properties)
    {
        var bytes = PropertyMap.Encode(properties).ToByteArray();
        return AmqpCodec.DecodeMap(new ByteBuffer(bytes, 0, bytes.Length));
    }
}
