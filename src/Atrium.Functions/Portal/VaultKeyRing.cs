using System.Xml.Linq;
using Azure;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Atrium.Functions.Portal;

/// <summary>
/// Where the keys of session tokens lie: each is a version of one secret in the vault. Versions are only ever added, so
/// that of two instances which make a key at once neither loses its own; and listing those of one name does not go
/// through the customers' secrets. A version that is disabled is a key that is withdrawn.
/// </summary>
/// <remarks>Both methods throw <see cref="RequestFailedException"/> when the vault fails.</remarks>
internal sealed class VaultKeyRing(SecretClient vault) : IXmlRepository
{
    /// <summary>The secret's name. It does not begin as the customers' do, which are purged at night.</summary>
    public const string SecretName = "portal-key-ring";

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements() =>
    [
        .. vault.GetPropertiesOfSecretVersions(SecretName)
            .Where(version => version.Enabled != false)
            .Select(version => XElement.Parse(vault.GetSecret(SecretName, version.Version).Value.Value)),
    ];

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName) =>
        vault.SetSecret(SecretName, element.ToString(SaveOptions.DisableFormatting));
}
