using System.Net;

namespace Atrium.Functions.Egress;

/// <summary>In which order a receiver's addresses are tried. Pure.</summary>
internal static class AddressOrder
{
    /// <summary>
    /// Turn about between the families, beginning with the resolver's first (RFC 8305, section 4): a family that is
    /// broken as a whole, IPv6 without a route as often as not, then costs one try before the other family has its own.
    /// Within a family the order is the resolver's.
    /// </summary>
    public static IPAddress[] Interleaved(IReadOnlyList<IPAddress> addresses) =>
    [
        .. addresses.Distinct()
            .GroupBy(address => address.AddressFamily)
            .SelectMany((family, number) => family.Select((address, turn) => (address, turn, number)))
            .OrderBy(place => (place.turn, place.number))
            .Select(place => place.address),
    ];
}
