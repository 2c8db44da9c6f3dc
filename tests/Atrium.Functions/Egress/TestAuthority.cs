using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Atrium.Functions.Tests.Egress;

/// <summary>A certificate authority of a test's own: a root, an intermediate, and servers' certificates.</summary>
sealed class TestAuthority : IDisposable
{
    static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddDays(-30);

    static readonly DateTimeOffset Until = From.AddDays(60);

    readonly X509Certificate2 root;
    readonly X509Certificate2 intermediate;

    public TestAuthority()
    {
        // A name of its own: two roots of one name are taken for the same one with a broken signature.
        var name = Guid.NewGuid();
        root = Issue($"Root {name}", null, Until, Authority());
        intermediate = Issue($"Intermediate {name}", root, Until, Authority());
    }

    /// <summary>What trusts this authority.</summary>
    public X509Certificate2Collection Roots => [root];

    public byte[] Intermediate => intermediate.Export(X509ContentType.Cert);

    /// <summary>A server's certificate.</summary>
    /// <param name="name">The one name that it covers.</param>
    /// <param name="expired">Whether it was valid until yesterday.</param>
    /// <param name="issuerUrl">Where the certificate says that its issuer's can be fetched; the server does not send it
    /// then.</param>
    public SslStreamCertificateContext Certify(string name, bool expired = false, string? issuerUrl = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        X509Extension[] extensions = issuerUrl is null
            ? [names.Build()]
            : [names.Build(), new X509AuthorityInformationAccessExtension(null, [issuerUrl])];
        var leaf = Issue(name, intermediate, expired ? From.AddDays(29) : Until, extensions);
        return SslStreamCertificateContext.Create(leaf, issuerUrl is null ? [intermediate] : null, offline: true);
    }

    public void Dispose()
    {
        root.Dispose();
        intermediate.Dispose();
    }

    // Through PKCS#12, since some platforms serve TLS only with a key that was loaded.
    static X509Certificate2 Issue(
        string name, X509Certificate2? issuer, DateTimeOffset until, params X509Extension[] extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        if (issuer is null)
        {
            return request.CreateSelfSigned(From, until);
        }

        using var issued = request.Create(issuer, From, until, RandomNumberGenerator.GetBytes(8));
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    static X509BasicConstraintsExtension Authority() => new X509BasicConstraintsExtension(true, false, 0, true);
}
