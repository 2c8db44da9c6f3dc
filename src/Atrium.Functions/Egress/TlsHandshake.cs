using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Atrium.Functions.Egress;

/// <summary>
/// Secures a connection to a customer. The protocol versions and ciphers are those of the platform: TLS 1.2 and up.
/// </summary>
/// <param name="roots">The certificate authorities to trust; the machine's when null.</param>
internal sealed class TlsHandshake(X509Certificate2Collection? roots)
{
    /// <exception cref="ConnectFailedException">The host is not who it should be, or does not speak TLS.</exception>
    public async Task<SslStream> SecureAsync(Stream plain, string host, CancellationToken cancellationToken)
    {
        string? fault = null;
        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new()
                {
                    TargetHost = host,
                    ApplicationProtocols = [SslApplicationProtocol.Http11],
                    CertificateChainPolicy = ChainPolicy(),
                    RemoteCertificateValidationCallback =
                        (_, _, chain, errors) => (fault = CertificateFault.Describe(host, errors, chain)) is null,
                },
                cancellationToken);
            return tls;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await tls.DisposeAsync();
            fault ??= IsOverProtocol(e) ? Explanation.OnlyHttp2(host) : Explanation.NoTls(host);
            throw new ConnectFailedException(ErrorClass.Tls, fault, e);
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

/// <summary>Turns what is wrong with a certificate into a sentence that its owner can act on.</summary>
internal static class CertificateFault
{
    /// <summary>The sentence, or null when nothing is wrong.</summary>
    public static string? Describe(string host, SslPolicyErrors errors, X509Chain? chain) =>
        Describe(
            host, errors,
            (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status));

    /// <summary>The sentence, or null when nothing is wrong.</summary>
    public static string? Describe(string host, SslPolicyErrors errors, X509ChainStatusFlags chain) => errors switch
    {
        SslPolicyErrors.None => null,
        _ when errors.HasFlag(
            SslPolicyErrors.RemoteCertificateNotAvailable) =>
            $"{host} showed no certificate. Install one from a public authority.",
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) =>
            $"The certificate shown is for another name than {host}. Use a name that the certificate covers, or get a "
                + "certificate for this one.",
        _ when chain.HasFlag(X509ChainStatusFlags.NotTimeValid) =>
            $"The certificate of {host} has expired, or is not valid yet. Renew it.",
        _ when chain.HasFlag(X509ChainStatusFlags.UntrustedRoot) || chain.HasFlag(X509ChainStatusFlags.PartialChain) =>
            $"The certificate of {host} is not trusted: it is self-signed or from a private authority, or its "
                + "intermediate certificates are not sent along. "
            + "Install a certificate from a public authority, with its whole chain.",
        _ => $"The certificate of {host} is not valid for this use ({chain}). Install one from a public authority.",
    };
}
