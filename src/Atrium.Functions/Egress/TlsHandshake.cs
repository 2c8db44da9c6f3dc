using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Atrium.Functions.Egress;

/// <summary>Secures a connection to a customer. The protocol versions and ciphers are those of the platform: TLS 1.2 and up.</summary>
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
                    RemoteCertificateValidationCallback = (_, _, chain, errors) => (fault = CertificateFault.Describe(host, errors, chain)) is null,
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
            // A certificate names the URLs of its issuers and of its revocation list. To fetch them would be a request to
            // wherever the customer says, past the rule for addresses.
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
