using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Atrium.Functions.Egress;

/// <summary>
/// Opens every connection to a customer. The decision about the address is made here. Earlier checks only give early
/// feedback.
/// </summary>
internal sealed class EgressConnector(
    EgressOptions options, TimeProvider time, ValidatedLookup lookup, TlsHandshake handshake)
{
    /// <summary>Resolves, judges, connects and, for https, secures.</summary>
    /// <exception cref="ConnectFailedException">Any of these failed.</exception>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var request = context.InitialRequestMessage;
        var trace = request.Options.TryGetValue(ConnectionTrace.Key, out var given) ? given : new ConnectionTrace();
        var host = HostRule.Canonical(request.RequestUri!);

        var started = time.GetTimestamp();
        trace.Opening = new(ConnectionPhase.Dns);
        var resolved = await lookup.ResolveAsync(context.DnsEndPoint.Host, cancellationToken);
        var addresses = AddressOrder.Interleaved(resolved);
        trace.Opening = new(ConnectionPhase.Connect, time.GetElapsedTime(started));

        using var patience = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var plain = await ConnectToAnyAsync(addresses, host, context.DnsEndPoint.Port, trace, either.Token);
            return request.RequestUri!.Scheme == Uri.UriSchemeHttps
                ? await SecureAsync(plain, host, trace, either.Token)
                : plain;
        }
        catch (OperationCanceledException e) when (patience.IsCancellationRequested
            && !cancellationToken.IsCancellationRequested)
        {
            throw new ConnectFailedException(
                ErrorClass.Timeout, Explanation.TimedOut(host, trace.Opening.Phase, options.ConnectTimeout), e)
            {
                Cause = SendFailure.CauseOf(trace.Opening.Phase),
                Address = trace.Opening.Address,
            };
        }
    }

    async Task<Stream> ConnectToAnyAsync(
        IPAddress[] addresses, string host, int port, ConnectionTrace trace, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            var (winner, stream) = await AddressRace.RunAsync(
                addresses,
                (address, token) =>
                {
                    trace.Opening = trace.Opening with { Address = address };
                    return ConnectAsync(address, port, token);
                },
                time,
                cancellationToken);
            trace.Opening = trace.Opening with
            {
                Phase = ConnectionPhase.Open,
                Connect = time.GetElapsedTime(started),
                Address = winner,
            };
            return stream;
        }
        catch (SocketException e)
        {
            throw Failure(host, port, addresses[^1], e);
        }
    }

    static async Task<Stream> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    async Task<Stream> SecureAsync(
        Stream plain, string host, ConnectionTrace trace, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        trace.Opening = trace.Opening with { Phase = ConnectionPhase.Tls };
        // The handler uses an SslStream as it is, so we can measure and explain the handshake.
        var secured = await handshake.SecureAsync(plain, host, cancellationToken);
        trace.Opening = trace.Opening with { Phase = ConnectionPhase.Open, Tls = time.GetElapsedTime(started) };
        return secured;
    }

    static ConnectFailedException Failure(string host, int port, IPAddress address, SocketException e) =>
        e.SocketErrorCode switch
        {
            SocketError.ConnectionRefused =>
                new(ErrorClass.Refused, Explanation.Refused(host, port), e) { Address = address },
            SocketError.ConnectionReset => new(ErrorClass.Reset, Explanation.Reset(host), e) { Address = address },
            _ => new(ErrorClass.Connect, Explanation.Unreachable(host), e) { Address = address },
        };
}

/// <summary>
/// Why no connection was opened; its message is the sentence for the customer, with no address in it. It passes through
/// HttpClient, which wraps it, and ends in <see cref="EgressClient"/>.
/// </summary>
internal sealed class ConnectFailedException(ErrorClass error, string explanation, Exception? inner = null)
    : Exception(explanation, inner)
{
    public ErrorClass Error => error;

    /// <summary>What else was found out; null when the class says all.</summary>
    public FailureCause? Cause { get; init; }

    /// <summary>The rule that denied the address; for operators.</summary>
    public string? BlockedRule { get; init; }

    /// <summary>The address that was denied or tried last; for operators.</summary>
    public IPAddress? Address { get; init; }
}

/// <summary>In which order a receiver's addresses are tried. Pure.</summary>
internal static class AddressOrder
{
    /// <summary>
    /// How many are tried at most. Name servers that spread load answer with eight or fewer, as Amazon Route 53 does.
    /// One that answers with a thousand would have each attempt open hundreds of connections, maybe to somebody else.
    /// </summary>
    public const int MaxTried = 8;

    /// <summary>
    /// The first <see cref="MaxTried"/>. They alternate between IPv4 and IPv6, beginning with the resolver's first (RFC
    /// 8305, section 4). If a whole family is broken, often IPv6 without a route, only one try is lost before the other
    /// family gets its turn. Within a family the order is the resolver's.
    /// </summary>
    public static IPAddress[] Interleaved(IReadOnlyList<IPAddress> addresses) =>
    [
        .. addresses.Distinct()
            .GroupBy(address => address.AddressFamily)
            .SelectMany((family, number) => family.Select((address, turn) => (address, turn, number)))
            .OrderBy(place => (place.turn, place.number))
            .Select(place => place.address)
            .Take(MaxTried),
    ];
}

/// <summary>
/// Secures a connection to a customer. The protocol versions and ciphers are those of the platform: TLS 1.2 and up.
/// </summary>
/// <param name="roots">The certificate authorities to trust; the machine's when null.</param>
internal sealed class TlsHandshake(X509Certificate2Collection? roots)
{
    /// <exception cref="ConnectFailedException">The host is not who it should be, or does not speak TLS.</exception>
    public async Task<SslStream> SecureAsync(Stream plain, string host, CancellationToken cancellationToken)
    {
        (SslPolicyErrors Errors, X509ChainStatusFlags Chain) fault = default;
        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new()
                {
                    TargetHost = host,
                    ApplicationProtocols = [SslApplicationProtocol.Http11],
                    CertificateChainPolicy = ChainPolicy(),
                    RemoteCertificateValidationCallback = (_, _, chain, errors) =>
                    {
                        fault = (errors, CertificateFault.Of(chain));
                        return errors == SslPolicyErrors.None;
                    },
                },
                cancellationToken);
            return tls;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await tls.DisposeAsync();
            var (cause, explanation) =
                CertificateFault.CauseOf(fault.Errors, fault.Chain) is { } ofCertificate
                    ? (ofCertificate, CertificateFault.Describe(host, fault.Errors, fault.Chain)!)
                : IsOverProtocol(e) ? (FailureCause.Http2Only, Explanation.OnlyHttp2(host))
                : (FailureCause.NoTls, Explanation.NoTls(host));
            throw new ConnectFailedException(ErrorClass.Tls, explanation, e) { Cause = cause };
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    // RFC 7301, section 3.2: the alert of an endpoint that takes none of the protocols offered. .NET does not tell
    // alerts apart; OpenSSL's sentence does.
    static bool IsOverProtocol(Exception e) =>
        e.GetBaseException().Message.Contains("no application protocol", StringComparison.OrdinalIgnoreCase);

    X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            // A certificate names the URLs of its issuers and of its revocation list. To fetch them would be a request
            // to wherever the customer says, past the rule for addresses.
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        return policy;
    }
}

/// <summary>
/// Connects to whichever of a receiver's addresses takes the connection first. The addresses get their turns one after
/// the other; earlier tries go on meanwhile (RFC 8305, section 5).
/// </summary>
internal static class AddressRace
{
    /// <summary>
    /// The time from one address's turn to the next, unless the address fails before: the Connection Attempt Delay that
    /// RFC 8305, section 8, recommends.
    /// </summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    /// <summary>The first connection, once all others are given up and closed.</summary>
    /// <param name="addresses">At least one, in the order of their turns.</param>
    /// <param name="connect">Connects to an address; ends soon once its token is cancelled.</param>
    /// <param name="time">Measures the delay.</param>
    /// <exception cref="Exception">None took the connection: what <paramref name="connect"/> threw for the last
    /// address.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public static async Task<(IPAddress Address, Stream Connection)> RunAsync(
        IReadOnlyList<IPAddress> addresses,
        Func<IPAddress, CancellationToken, Task<Stream>> connect,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tries = new List<Task<Stream>>();
        var winner = -1;
        try
        {
            var turn = Task.CompletedTask;
            while ((winner = tries.FindIndex(attempt => attempt.IsCompletedSuccessfully)) < 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var more = tries.Count < addresses.Count;
                Task[] undecided = [.. tries.Where(attempt => !attempt.IsCompleted)];
                if (more && (turn.IsCompleted || tries[^1].IsCompleted))
                {
                    tries.Add(connect(addresses[tries.Count], over.Token));
                    turn = Task.Delay(Delay, time, over.Token);
                }
                else if (undecided.Length > 0)
                {
                    await Task.WhenAny(more ? [turn, .. undecided] : undecided);
                }
                else
                {
                    await tries[^1];
                }
            }

            return (addresses[winner], await tries[winner]);
        }
        finally
        {
            await over.CancelAsync();
            await ((Task)Task.WhenAll(tries)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var loser in tries.Where((attempt, i) => i != winner && attempt.IsCompletedSuccessfully))
            {
                await (await loser).DisposeAsync();
            }
        }
    }
}
