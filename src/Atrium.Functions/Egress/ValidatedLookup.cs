using System.Net;
using System.Net.Sockets;

namespace Atrium.Functions.Egress;

/// <summary>
/// Resolves a host once, and accepts its addresses only if all of them are allowed. A name with both kinds is an attack
/// or a mistake.
/// </summary>
internal sealed class ValidatedLookup(
    EgressOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>What the resolver of a Linux machine waits for its first name server.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    /// <summary>The addresses that may be connected to; at least one.</summary>
    /// <exception cref="ConnectFailedException">There are none, or one is denied.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var answer = IPAddress.TryParse(host, out var literal) ? [literal] : await AskAsync(host, cancellationToken);
        var addresses = Array.ConvertAll(answer, AddressRule.Plain);
        foreach (var address in addresses)
        {
            if (AddressRule.DeniedBy(address, options.AllowLoopback) is { } rule)
            {
                throw new ConnectFailedException(ErrorClass.Blocked, Explanation.Blocked(host))
                {
                    Cause = FailureCause.AddressNotPublic,
                    BlockedRule = rule,
                    Address = address,
                };
            }
        }

        return addresses.Length > 0 ? addresses : throw NotFound(host);
    }

    async Task<IPAddress[]> AskAsync(string host, CancellationToken cancellationToken)
    {
        // The system's resolver cannot be cancelled: it is only no longer awaited. But .NET looks a name up once at a
        // time, and a look-up that waits for its turn leaves the queue when it is cancelled.
        using var patience = new CancellationTokenSource(Budget, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await resolve(host, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(host, e);
        }
        catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.TryAgain })
        {
            throw Silent(host, e);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw NotFound(host, e);
        }
    }

    static ConnectFailedException NotFound(string host, Exception? e = null) =>
        new(ErrorClass.Dns, Explanation.NameNotFound(host), e) { Cause = FailureCause.NameNotFound };

    static ConnectFailedException Silent(string host, Exception e) =>
        new(ErrorClass.Dns, Explanation.NameServerSilent(host), e) { Cause = FailureCause.NameServersSilent };
}

/// <summary>
/// Which addresses a customer's webhook may have: the public internet's, and none inside Azure or a private network.
/// </summary>
internal static class AddressRule
{
    // Only global unicast IPv6 is allowed. Each translation or tunnel that hides an IPv4 address is outside of it, or
    // is named below.
    const string NotGlobalUnicast = "outside 2000::/3 (not global unicast)";

    static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    // https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-special-registry, and one address of
    // Azure's own: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 is public, and
    // yet answers from the host underneath.
    static readonly (IPNetwork Range, string Rule)[] Denied =
    [
        Deny("0.0.0.0/8", "this network"),
        Deny("10.0.0.0/8", "private"),
        Deny("100.64.0.0/10", "carrier-grade NAT"),
        Deny("127.0.0.0/8", "loopback"),
        Deny("168.63.129.16/32", "Azure platform"),
        Deny("169.254.0.0/16", "link-local and instance metadata"),
        Deny("172.16.0.0/12", "private"),
        Deny("192.0.0.0/24", "protocol assignments"),
        Deny("192.0.2.0/24", "documentation"),
        Deny("192.31.196.0/24", "AS112"),
        Deny("192.52.193.0/24", "AMT relays"),
        Deny("192.88.99.0/24", "6to4 relays"),
        Deny("192.168.0.0/16", "private"),
        Deny("192.175.48.0/24", "AS112"),
        Deny("198.18.0.0/15", "benchmarking"),
        Deny("198.51.100.0/24", "documentation"),
        Deny("203.0.113.0/24", "documentation"),
        Deny("224.0.0.0/4", "multicast"),
        Deny("240.0.0.0/4", "reserved and broadcast"),
        Deny("2001::/23", "protocol assignments, Teredo among them"),
        Deny("2001:db8::/32", "documentation"),
        Deny("2002::/16", "6to4"),
        Deny("2620:4f:8000::/48", "AS112"),
        Deny("3fff::/20", "documentation"),
    ];

    /// <summary>The name of the rule that denies the address, or null when it is allowed.</summary>
    /// <param name="address">Any address. An IPv4-mapped one is judged as its IPv4 address; a scope makes no
    /// difference.</param>
    /// <param name="allowLoopback">Whether this machine is an allowed target: in development only.</param>
    public static string? DeniedBy(IPAddress address, bool allowLoopback)
    {
        var plain = Plain(address);
        if (allowLoopback && IPAddress.IsLoopback(plain))
        {
            return null;
        }

        foreach (var (range, rule) in Denied)
        {
            if (range.Contains(plain))
            {
                return rule;
            }
        }

        return plain.GetAddressBytes().Length == 16 && !GlobalUnicast.Contains(plain) ? NotGlobalUnicast : null;
    }

    /// <summary>
    /// The plain address: IPv4 if it is mapped into IPv6, and without a scope. The address that is checked is the one
    /// that is connected to.
    /// </summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());

    static (IPNetwork Range, string Rule) Deny(string range, string use) =>
        (IPNetwork.Parse(range), $"{range} ({use})");
}
