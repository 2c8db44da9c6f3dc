using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Atrium.Functions.Tests.Egress;

/// <summary>
/// The corpus's rule once more, by bit arithmetic on 128-bit numbers, to judge the implementation by.
/// </summary>
static class AddressOracle
{
    static readonly Prefix[] IPv4Deny = [.. SsrfCorpus.Instance.Rule.IPv4Deny.Select(Prefix.Parse)];

    static readonly Prefix IPv6AllowOnly = Prefix.Parse(SsrfCorpus.Instance.Rule.IPv6AllowOnly);

    static readonly Prefix[] IPv6DenyWithin = [.. SsrfCorpus.Instance.Rule.IPv6DenyWithin.Select(Prefix.Parse)];

    public static IEnumerable<Prefix> All => [.. IPv4Deny, IPv6AllowOnly, .. IPv6DenyWithin];

    public static bool Allows(IPAddress address)
    {
        var bits = Bits(address);
        var isMapped = address.GetAddressBytes().Length == 16 && bits >> 32 == 0xffff;
        return address.GetAddressBytes().Length == 4 || isMapped
            ? !IPv4Deny.Any(prefix => prefix.Holds(bits & uint.MaxValue))
            : IPv6AllowOnly.Holds(bits) && !IPv6DenyWithin.Any(prefix => prefix.Holds(bits));
    }

    public static IPAddress IPv4(UInt128 bits)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)bits);
        return new(bytes);
    }

    public static IPAddress IPv6(UInt128 bits)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return new(bytes);
    }

    public static UInt128 Bits(IPAddress address) =>
        address.GetAddressBytes().Aggregate(UInt128.Zero, (bits, next) => (bits << 8) | next);

    /// <summary>
    /// The addresses from <paramref name="First"/> to <paramref name="Last"/>, of a family with <paramref
    /// name="Width"/> bits.
    /// </summary>
    public sealed record Prefix(UInt128 First, UInt128 Last, int Width)
    {
        public static Prefix Parse(string text)
        {
            var parts = text.Split('/');
            var address = IPAddress.Parse(parts[0]);
            var width = address.GetAddressBytes().Length * 8;
            var free = width - int.Parse(parts[1], CultureInfo.InvariantCulture);
            var first = Bits(address);
            return new(first, first + ((UInt128.One << free) - 1), width);
        }

        public bool Holds(UInt128 bits) => bits >= First && bits <= Last;

        public IPAddress Address(UInt128 bits) => Width == 32 ? IPv4(bits) : IPv6(bits);
    }
}
