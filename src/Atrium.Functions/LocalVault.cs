using System.Security.Cryptography.X509Certificates;
using Atrium.Local.Emulators.KeyVault;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;

namespace Atrium.Functions;

internal static partial class AzureClients
{
    /// <summary>Setting, of the local host alone: the file of the certificate that its vault serves.</summary>
    const string VaultCertificate = "LocalStack:VaultCertificate";

    /// <summary>Lets the client of the vault trust that certificate and no other. Not published.</summary>
    static partial void TrustLocalVault(IConfiguration configuration, SecretClientOptions options)
    {
        if (configuration[VaultCertificate] is { Length: > 0 } file)
        {
            options.Transport = new HttpClientTransport(
                new HttpClient(PinnedHandler.Create(X509CertificateLoader.LoadCertificateFromFile(file))));
        }
    }
}
