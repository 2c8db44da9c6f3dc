using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Atrium.Functions.Egress;

/// <summary>
/// What was found out about a failure beyond its <see cref="ErrorClass"/> and status, so that a client can say it in
/// words of its own. In JSON and tables, the names are in snake case, such as <c>certificate_name</c>. They are a
/// contract: never change one. Where there is none, the explanation may still say more.
/// </summary>
internal enum FailureCause
{
    /// <summary>Public DNS has no address for the name.</summary>
    NameNotFound,

    /// <summary>The name servers of the domain did not answer, or not in time.</summary>
    NameServersSilent,

    /// <summary>The host resolves to an address, or is one, that is not public.</summary>
    AddressNotPublic,

    /// <summary>No connection was there in time.</summary>
    ConnectTimeout,

    /// <summary>The TLS handshake did not end in time.</summary>
    TlsTimeout,

    /// <summary>The request was sent, and no answer came in time.</summary>
    AnswerTimeout,

    /// <summary>The receiver showed no certificate.</summary>
    CertificateMissing,

    /// <summary>Its certificate is for another name.</summary>
    CertificateName,

    /// <summary>Its certificate has expired, or is not valid yet.</summary>
    CertificateTime,

    /// <summary>Its certificate is self-signed or from a private authority, or its chain was not sent along.</summary>
    CertificateUntrusted,

    /// <summary>Its certificate is not valid for this use.</summary>
    CertificateInvalid,

    /// <summary>It did not agree on TLS 1.2 or 1.3.</summary>
    NoTls,

    /// <summary>It speaks HTTP/2 only.</summary>
    Http2Only,

    /// <summary>What came back is not HTTP/1.1.</summary>
    NotHttp,

    /// <summary>A redirect without a web address.</summary>
    RedirectWithoutTarget,

    /// <summary>The receiver refused the request, and its answer speaks of the signature.</summary>
    Signature,
}

/// <summary>What an answer that is no 2xx says beyond its status. Pure.</summary>
internal static class AnswerCause
{
    /// <param name="status">The answer's status.</param>
    /// <param name="location">A redirect's target, absolute.</param>
    /// <param name="body">The beginning of the answer's body, as far as it can be read.</param>
    public static FailureCause? Of(int status, Uri? location, string body) => status switch
    {
        >= 300 and <= 399 when location?.Scheme is not ("https" or "http") => FailureCause.RedirectWithoutTarget,
        // Receivers refuse a wrong signature by these; one that throws then answers 500.
        400 or 401 or 403 or 422 or >= 500 when body.Contains("signature", StringComparison.OrdinalIgnoreCase) =>
            FailureCause.Signature,
        _ => null,
    };
}

/// <summary>Says what is wrong with a certificate: the cause, and a sentence that its owner can act on.</summary>
internal static class CertificateFault
{
    /// <summary>All that is wrong with a chain.</summary>
    public static X509ChainStatusFlags Of(X509Chain? chain) =>
        (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);

    /// <summary>The cause, or null when nothing is wrong.</summary>
    public static FailureCause? CauseOf(SslPolicyErrors errors, X509ChainStatusFlags chain) => errors switch
    {
        SslPolicyErrors.None => null,
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => FailureCause.CertificateMissing,
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => FailureCause.CertificateName,
        _ when chain.HasFlag(X509ChainStatusFlags.NotTimeValid) => FailureCause.CertificateTime,
        _ when chain.HasFlag(X509ChainStatusFlags.UntrustedRoot) || chain.HasFlag(X509ChainStatusFlags.PartialChain) =>
            FailureCause.CertificateUntrusted,
        _ => FailureCause.CertificateInvalid,
    };

    /// <summary>The sentence, or null when nothing is wrong.</summary>
    public static string? Describe(string host, SslPolicyErrors errors, X509ChainStatusFlags chain) =>
        CauseOf(errors, chain) switch
        {
            null => null,
            FailureCause.CertificateMissing => $"{host} showed no certificate. Install one from a public authority.",
            FailureCause.CertificateName =>
                $"The certificate shown is for another name than {host}. Use a name that the certificate covers, or "
                    + "get a certificate for this one.",
            FailureCause.CertificateTime => $"The certificate of {host} has expired, or is not valid yet. Renew it.",
            FailureCause.CertificateUntrusted =>
                $"The certificate of {host} is not trusted: it is self-signed or from a private authority, or its "
                    + "intermediate certificates are not sent along. Install a certificate from a public authority, "
                    + "with its whole chain.",
            _ => $"The certificate of {host} is not valid for this use ({chain}). Install one from a public authority.",
        };
}
