using System.Net;
using System.Net.Sockets;
using Atrium.Functions.Egress;
using CsCheck;

namespace Atrium.Functions.Tests.Egress;

public sealed class AddressOrderTests
{
    [Theory]
    [InlineData("1.1.1.1", "1.1.1.1")]
    [InlineData("2600::1 2600::2 1.1.1.1 1.1.1.2", "2600::1 1.1.1.1 2600::2 1.1.1.2")]
    [InlineData("1.1.1.1 2600::1 2600::2 2600::3", "1.1.1.1 2600::1 2600::2 2600::3")]
    [InlineData("2600::1 2600::2 2600::3 2600::4 1.1.1.1", "2600::1 1.1.1.1 2600::2 2600::3 2600::4")]
    [InlineData("1.1.1.1 1.1.1.1 1.1.1.2", "1.1.1.1 1.1.1.2")]
    public void The_families_take_turns_beginning_with_the_resolvers_first(string resolved, string tried) =>
        Assert.Equal(
            tried.Split(' ').Select(IPAddress.Parse),
            AddressOrder.Interleaved([.. resolved.Split(' ').Select(IPAddress.Parse)]));

    [Fact]
    public void Every_address_is_tried_once_in_the_resolvers_order_within_its_family() => Gen.OneOf(
        Gen.Byte.Array[4], Gen.Byte.Array[16]).Select(bytes => new IPAddress(bytes)).Array[0, 12].Sample(addresses =>
    {
        var tried = AddressOrder.Interleaved(addresses);
        Assert.All(new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 }, family => Assert.Equal(
            addresses.Where(address => address.AddressFamily == family).Distinct(),
            tried.Where(address => address.AddressFamily == family)));
        Assert.Equal(addresses.Distinct().Count(), tried.Length);
    });
}
