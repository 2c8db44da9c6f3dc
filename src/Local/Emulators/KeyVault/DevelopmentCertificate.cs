using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>
/// The emulator's own certificate: made on first use, kept beside the secrets, trusted only by clients that were
/// configured to.
/// </summary>
internal static class DevelopmentCertificate
{
    // Long enough never to be noticed. The local client pins the certificate itself, so no browser's limit applies.
    const int ValidYears = 10;

    // A certificate that would expire while the emulator runs is replaced at the start instead.
    static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    // The clocks of a virtual machine and of its host may differ.
    static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    /// <summary>Makes the certificate unless there is one, and has its public half beside it for clients.</summary>
    public static X509Certificate2 LoadOrCreate(string folder, string host, DateTimeOffset now)
    {
        var certificate = LoadOrCreatePrivate(Path.Combine(folder, "certificate.pfx"), host, now);
        var path = Path.Combine(folder, "certificate.pem");
        var pem = certificate.ExportCertificatePem();
        // It is a file of its own: somebody may have removed it, or have died between the two.
        if (!File.Exists(path) || File.ReadAllText(path) != pem)
        {
            PrivateFiles.Replace(path, Encoding.ASCII.GetBytes(pem));
        }

        return certificate;
    }

    static X509Certificate2 LoadOrCreatePrivate(string path, string host, DateTimeOffset now)
    {
        if (TryLoad(path) is { } kept)
        {
            if (kept.MatchesHostname(host) && kept.NotBefore <= now && kept.NotAfter > now + RenewBefore)
            {
                return kept;
            }

            kept.Dispose();
        }

        using var made = Create(host, now);
        PrivateFiles.Replace(path, made.Export(X509ContentType.Pfx));
        return X509CertificateLoader.LoadPkcs12FromFile(path, password: null);
    }

    static X509Certificate2? TryLoad(string path)
    {
        try
        {
            return File.Exists(path) ? X509CertificateLoader.LoadPkcs12FromFile(path, password: null) : null;
        }
        catch (CryptographicException)
        {
            // A damaged file is worth nothing; a new certificate is as good as the old one.
            return null;
        }
    }

    static X509Certificate2 Create(string host, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);

        var request = new CertificateRequest("CN=Atrium Key Vault emulator", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        return request.CreateSelfSigned(now - ClockSkew, now.AddYears(ValidYears));
    }
}
