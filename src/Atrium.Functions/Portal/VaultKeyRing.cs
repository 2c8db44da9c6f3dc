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
internal sealed class VaultKeyRing(SecretClient vault, TimeProvider time) : IXmlRepository
{
    /// <summary>
    /// How long a reading is kept: Data Protection asks again for each token of an unknown key, which anybody can make
    /// up. Short enough for a session that another instance has just begun.
    /// </summary>
    public static readonly TimeSpan RereadAfter = TimeSpan.FromSeconds(5);

    /// <summary>The secret's name. It does not begin as the customers' do, which are purged at night.</summary>
    public const string SecretName = "portal-key-ring";

    IReadOnlyCollection<XElement>? _read;
    DateTimeOffset _readAt;

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var now = time.GetUtcNow();
        if (_read is null || now - _readAt >= RereadAfter)
        {
            (_read, _readAt) = (Read(), now);
        }

        return _read;
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        vault.SetSecret(SecretName, element.ToString(SaveOptions.DisableFormatting));
        _read = null;
    }

    List<XElement> Read() =>
    [
        .. vault.GetPropertiesOfSecretVersions(SecretName)
            .Where(version => version.Enabled != false)
            .Select(version => XElement.Parse(vault.GetSecret(SecretName, version.Version).Value.Value)),
    ];
}
