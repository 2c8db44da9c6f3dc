using System.Net;
using Atrium.Functions.Egress;
using CsCheck;

namespace Atrium.Functions.Tests.Egress;

public sealed class AddressRuleTests
{
    public static TheoryData<string> Blocked => [.. SsrfCorpus.Instance.Blocked];

    public static TheoryData<string> Allowed => [.. SsrfCorpus.Instance.Allowed];

    static readonly Gen<UInt128> Any128 = Gen.Select(Gen.ULong, Gen.ULong, (high, low) => new UInt128(high, low));

    // A uniform choice would hardly ever meet a narrow range.
    static readonly Gen<IPAddress> InsideARange =
        Gen.Select(
            Gen.OneOfConst(AddressOracle.All.ToArray()), Any128,
            (range, chance) => range.Address(range.First + (chance % (range.Last - range.First + 1))));

    static readonly Gen<IPAddress> NearARange = Gen.Select(InsideARange, Gen.Int[0, 127], (address, bit) =>
        address.GetAddressBytes().Length == 4
            ? AddressOracle.IPv4(AddressOracle.Bits(address) ^ (UInt128.One << (bit % 32)))
            : AddressOracle.IPv6(AddressOracle.Bits(address) ^ (UInt128.One << bit)));

    [Theory]
    [MemberData(nameof(Blocked))]
    public void Denies_every_blocked_address_of_the_corpus(string address) =>
        Assert.NotNull(DeniedBy(IPAddress.Parse(address)));

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Allows_every_allowed_address_of_the_corpus(string address) =>
        Assert.Null(DeniedBy(IPAddress.Parse(address)));

    [Theory]
    [InlineData("168.63.129.16", "168.63.129.16/32 (Azure platform)")]
    [InlineData("::ffff:168.63.129.16", "168.63.129.16/32 (Azure platform)")]
    [InlineData("10.255.0.1", "10.0.0.0/8 (private)")]
    [InlineData("169.254.169.254", "169.254.0.0/16 (link-local and instance metadata)")]
    [InlineData("2002:7f00:1::1", "2002::/16 (6to4)")]
    [InlineData("fd00:ec2::254", "outside 2000::/3 (not global unicast)")]
    public void Names_the_rule(string address, string rule) =>
        Assert.Equal(rule, DeniedBy(IPAddress.Parse(address)));

    [Fact]
    public void Turns_exactly_at_both_ends_of_every_range()
    {
        foreach (var range in AddressOracle.All)
        {
            var max = range.Width == 32 ? uint.MaxValue : UInt128.MaxValue;
            UInt128[] edges =
                [range.First, range.Last, range.First == 0 ? 0 : range.First - 1,
                range.Last == max ? max : range.Last + 1];
            Assert.All(edges.Select(range.Address), AssertAsTheOracle);
        }
    }

    [Fact]
    public void Agrees_with_the_oracle_over_all_of_IPv4() =>
        Gen.UInt.Select(bits => AddressOracle.IPv4(bits)).Sample(AssertAsTheOracle, iter: 20_000);

    [Fact]
    public void Agrees_with_the_oracle_over_all_of_IPv6() =>
        Any128.Select(AddressOracle.IPv6).Sample(AssertAsTheOracle, iter: 20_000);

    [Fact]
    public void Agrees_with_the_oracle_inside_and_a_bit_away_from_every_range() =>
        Gen.OneOf(InsideARange, NearARange).Sample(AssertAsTheOracle, iter: 20_000);

    [Fact]
    public void Judges_a_mapped_address_as_its_IPv4_address() =>
        Gen.OneOf(Gen.UInt.Select(bits => AddressOracle.IPv4(bits)), InsideARange, NearARange)
        .Where(address => address.GetAddressBytes().Length == 4)
        .Sample(address => DeniedBy(address) == DeniedBy(address.MapToIPv6()), iter: 20_000);

    [Fact]
    public void Denies_all_translations_and_tunnels_whatever_they_hide() =>
        Gen.Select(Gen.UInt, Any128).Sample((hidden, rest) =>
    {
        UInt128[] disguises =
        [
            hidden,
            ((UInt128)0xffff_0000 << 32) | hidden,
            (((UInt128)0x0064_ff9b) << 96) | hidden,
            (((UInt128)0x0064_ff9b_0001) << 80) | (rest >> 48),
            (((UInt128)0x2002) << 112) | ((UInt128)hidden << 80) | (rest >> 48),
            (((UInt128)0x2001_0000) << 96) | (rest >> 32),
        ];
        return disguises.All(bits => DeniedBy(AddressOracle.IPv6(bits)) is not null);
    });

    [Theory]
    [InlineData("fe80::1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("::ffff:10.0.0.1")]
    public void Makes_no_difference_of_a_scope(string address)
    {
        var scoped = IPAddress.Parse(address);
        scoped.ScopeId = 7;

        Assert.Equal(DeniedBy(IPAddress.Parse(address)), DeniedBy(scoped));
        Assert.DoesNotContain("%", AddressRule.Plain(scoped).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void Allows_loopback_only_when_told(string address)
    {
        Assert.Null(AddressRule.DeniedBy(IPAddress.Parse(address), allowLoopback: true));
        Assert.NotNull(AddressRule.DeniedBy(IPAddress.Parse(address), allowLoopback: false));
    }

    [Fact]
    public void Allows_nothing_else_by_allowing_loopback() => Gen.OneOf(InsideARange, NearARange)
        .Where(address => !IPAddress.IsLoopback(address))
        .Sample(
            address => AddressRule.DeniedBy(address, allowLoopback: true) == DeniedBy(address),
            iter: 20_000);

    static string? DeniedBy(IPAddress address) => AddressRule.DeniedBy(address, allowLoopback: false);

    static void AssertAsTheOracle(IPAddress address)
    {
        if (AddressOracle.Allows(address) != (DeniedBy(address) is null))
        {
            Assert.Fail(
                $"{address}: the corpus's rule {(AddressOracle.Allows(address) ? "allows" : "denies")} it, and "
                + "AddressRule does not.");
        }
    }
}
