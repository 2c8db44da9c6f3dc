using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Atrium.Functions.Egress;

/// <summary>Turns what is wrong with a certificate into a sentence that its owner can act on.</summary>
internal static class CertificateFault
{
    /// <summary>The sentence, or null when nothing is wrong.</summary>
    public static string? Describe(string host, SslPolicyErrors errors, X509Chain? chain) =>
        Describe(host, errors, (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status));

    /// <summary>The sentence, or null when nothing is wrong.</summary>
    public static string? Describe(string host, SslPolicyErrors errors, X509ChainStatusFlags chain) => errors switch
    {
        SslPolicyErrors.None => null,
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => $"{host} showed no certificate. Install one from a public authority.",
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) =>
            $"The certificate shown is for another name than {host}. Use a name that the certificate covers, or get a certificate for this one.",
        _ when chain.HasFlag(X509ChainStatusFlags.NotTimeValid) => $"The certificate of {host} has expired, or is not valid yet. Renew it.",
        _ when chain.HasFlag(X509ChainStatusFlags.UntrustedRoot) || chain.HasFlag(X509ChainStatusFlags.PartialChain) =>
            $"The certificate of {host} is not trusted: it is self-signed or from a private authority, or its intermediate certificates are not sent along. "
            + "Install a certificate from a public authority, with its whole chain.",
        _ => $"The certificate of {host} is not valid for this use ({chain}). Install one from a public authority.",
    };
}
