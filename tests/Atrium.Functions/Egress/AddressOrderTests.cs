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
        Gen.Byte.Array[4], Gen.Byte.Array[16]).Select(bytes => new IPAddress(bytes))
        .Array[0, AddressOrder.MaxTried].Sample(addresses =>
    {
        var tried = AddressOrder.Interleaved(addresses);
        Assert.All(new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 }, family => Assert.Equal(
            addresses.Where(address => address.AddressFamily == family).Distinct(),
            tried.Where(address => address.AddressFamily == family)));
        Assert.Equal(addresses.Distinct().Count(), tried.Length);
    });

    [Fact]
    public void Of_a_thousand_addresses_a_few_are_tried_and_both_families_among_them()
    {
        var resolved = Enumerable.Range(0, 1_000).Select(number => IPAddress.Parse(
            number < 500 ? $"1.1.{number / 250}.{number % 250}" : $"2600::{number:x}")).ToList();

        var tried = AddressOrder.Interleaved(resolved);

        Assert.Equal(8, tried.Length);
        Assert.All(new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 }, family => Assert.Equal(
            resolved.Where(address => address.AddressFamily == family).Take(4),
            tried.Where(address => address.AddressFamily == family)));
    }
}
