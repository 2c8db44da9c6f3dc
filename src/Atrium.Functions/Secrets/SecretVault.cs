using Atrium.Functions.Signing;
using Azure;
using Azure.Security.KeyVault.Secrets;

namespace Atrium.Functions.Secrets;

/// <summary>Where signing secrets live, and the only place: each subscription has a name of its own in the vault, never used again.</summary>
internal sealed class SecretVault(SecretClient vault)
{
    const int NotFound = 404;

    /// <summary>Stores a secret as the newest version of the subscription's name.</summary>
    /// <exception cref="RequestFailedException">The vault did not take it.</exception>
    public async Task<SecretReference> StoreAsync(string subscriptionId, SigningSecret secret, CancellationToken cancellationToken)
    {
        var stored = await vault.SetSecretAsync(NameOf(subscriptionId), secret.Reveal(), cancellationToken);
        return new SecretReference(stored.Value.Name, stored.Value.Properties.Version);
    }

    /// <exception cref="RequestFailedException">The vault could not be read, or does not hold that version.</exception>
    /// <exception cref="InvalidOperationException">What it holds is no signing secret.</exception>
    public async Task<SigningSecret> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        var stored = await vault.GetSecretAsync(reference.Name, reference.Version, cancellationToken: cancellationToken);
        return SigningSecret.Parse(stored.Value.Value).Secret
            ?? throw new InvalidOperationException(
                $"The vault's secret {reference.Name}, version {reference.Version}, is no signing secret: somebody changed it by hand. Set the subscription's secret anew.");
    }

    /// <summary>Removes the subscription's secret, if it has one. Safe to repeat.</summary>
    /// <exception cref="RequestFailedException">The vault did not remove it.</exception>
    public async Task RemoveAsync(string subscriptionId, CancellationToken cancellationToken)
    {
        try
        {
            await vault.StartDeleteSecretAsync(NameOf(subscriptionId), cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            // It is gone already.
        }
    }

    static string NameOf(string subscriptionId) => "webhook-" + subscriptionId.Replace('_', '-');
}
