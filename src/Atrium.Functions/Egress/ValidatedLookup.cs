using System.Net;
using System.Net.Sockets;

namespace Atrium.Functions.Egress;

/// <summary>
/// Resolves a host once and lets its addresses through only if every one of them is allowed: a name that answers both
/// kinds is an attack or a mistake.
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
                throw new ConnectFailedException(
                    ErrorClass.Blocked, Explanation.Blocked(host))
                { BlockedRule = rule, Address = address };
            }
        }

        return addresses.Length > 0
            ? addresses
            : throw new ConnectFailedException(ErrorClass.Dns, Explanation.NameNotFound(host));
    }

    async Task<IPAddress[]> AskAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            // The system's resolver cannot be cancelled, only left behind.
            return await resolve(host, cancellationToken).WaitAsync(Budget, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new ConnectFailedException(ErrorClass.Dns, Explanation.NameServerSilent(host), e);
        }
        catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.TryAgain })
        {
            throw new ConnectFailedException(ErrorClass.Dns, Explanation.NameServerSilent(host), e);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new ConnectFailedException(ErrorClass.Dns, Explanation.NameNotFound(host), e);
        }
    }
}
