using System.Xml;
using System.Xml.Linq;
using Azure;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Atrium.Functions.Portal;

/// <summary>
/// Stores the keys of session tokens: each is a version of one secret in the vault. Versions are only added, so if two
/// instances make a key at the same time, neither is lost. Listing the versions of one name does not touch customers'
/// secrets. Disabling a version withdraws its key, unless another version has the same.
/// </summary>
/// <param name="vault">Where the keys are.</param>
/// <param name="time">Says when to read them again.</param>
/// <param name="leftOut">Is told of each version that is no key, at each reading.</param>
/// <remarks>Both methods throw <see cref="RequestFailedException"/> when the vault fails.</remarks>
internal sealed class VaultKeyRing(SecretClient vault, TimeProvider time, Action<string> leftOut) : IXmlRepository
{
    /// <summary>
    /// How long a reading is kept. In its first two minutes Data Protection asks again for each token of an unknown
    /// key, which anybody can make up, and has its caller wait. Later it asks once a day.
    /// </summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    /// <summary>The secret's name. It begins differently from customers' secrets, which are purged at night.</summary>
    public const string SecretName = "portal-key-ring";

    IReadOnlyCollection<XElement>? _read;
    long _readAt;

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        if (_read is null || time.GetElapsedTime(_readAt) >= KeptFor)
        {
            var began = time.GetTimestamp();
            (_read, _readAt) = (Read(), began);
        }

        return _read;
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        vault.SetSecret(SecretName, element.ToString(SaveOptions.DisableFormatting));
        _read = null;
    }

    // A key whose storing lost its answer was stored again, and Data Protection takes no ring that has a key twice.
    List<XElement> Read() =>
    [
        .. vault.GetPropertiesOfSecretVersions(SecretName)
            .Where(version => version.Enabled != false)
            .Select(version => (version.Version, Text: vault.GetSecret(SecretName, version.Version).Value.Value))
            .DistinctBy(one => one.Text)
            .Select(one => Parsed(one.Version, one.Text))
            .OfType<XElement>(),
    ];

    // Somebody can write a version by hand. The sessions of the other keys must not end with that.
    XElement? Parsed(string version, string text)
    {
        try
        {
            return XElement.Parse(text);
        }
        catch (XmlException)
        {
            leftOut(version);
            return null;
        }
    }
}
