using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Messaging;
using CsCheck;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class DeliveryIdTests
{
    // Customers tell duplicates by these and messages of an older app lie on the queues: they must not change.
    [Theory]
    [InlineData("default", "evt_1", "sub_1", "msg_9e2abea718d87c1eb1bd0a86941d2c64")]
    [InlineData("acme", "evt_1", "sub_1", "msg_d74a3ec282ae0b25778fbfe61d497ccb")]
    [InlineData("ACME", "Ereignis ü", "sub_0123456789abcdef0123", "msg_e8919e6df325f36f29b6d84a8c7f9fc2")]
    public void Stays_the_same_from_release_to_release(
        string tenant, string eventId, string subscriptionId, string id) =>
        Assert.Equal(id, DeliveryId.Of(tenant, eventId, subscriptionId));

    [Fact]
    public void An_events_id_stays_the_same_from_release_to_release()
    {
        Assert.Equal("evt_73e60ca15f9d307f6c6a6ad5246f12f0", EventMessage.IdOf("default", BinaryData.FromString("{}")));
        Assert.Equal("evt_023f5c804cab682ff8c1183aae3b3125", EventMessage.IdOf("default", "my-key"));
    }

    [Fact]
    public void Holds_neither_dot_nor_colon() =>
        Parts.Sample(parts => Assert.Matches("^msg_[0-9a-f]{32}$", DeliveryId.Of(parts[0], parts[1], parts[2])));

    [Fact]
    public void Differs_when_any_part_differs() =>
        Gen.Select(Parts, Parts).Where((a, b) => !a.SequenceEqual(b)).Sample((a, b) =>
            Assert.NotEqual(DeliveryId.Of(a[0], a[1], a[2]), DeliveryId.Of(b[0], b[1], b[2])));

    [Theory]
    [InlineData("ab", "c", "a", "bc")]
    [InlineData("", "abc", "abc", "")]
    [InlineData("a\0", "b", "a", "\0b")]
    public void Text_that_moves_from_one_part_to_the_next_makes_another_id(string a1, string a2, string b1, string b2)
    {
        Assert.NotEqual(StableHash.Of(a1, a2), StableHash.Of(b1, b2));
        Assert.NotEqual(DeliveryId.Of(a1, a2, "s"), DeliveryId.Of(b1, b2, "s"));
    }

    // Few letters and short texts, so that parts which run into one another come up.
    static readonly Gen<string[]> Parts = Gen.String[Gen.Char["ab|"], 0, 3].Array[3];
}
