using Atrium.Functions.Portal;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.Faults;

/// <summary>Calls for the sessions of the admin's page.</summary>
static class PortalOperations
{
    const int NotFound = 404;

    public static readonly IReadOnlyDictionary<string, StoreOperation> All = new Dictionary<string, StoreOperation>
    {
        ["end a tenant's sessions"] = new(
            async (it, token) =>
            {
                await it.Expiry.ExpireAllAsync(it.Tenant, token);
                return true;
            },
            async it => Assert.True(await it.Expiry.IsEndedAsync(SessionOf(it), default))),
        ["ask whether a session has ended"] = new(
            (it, token) => it.Expiry.IsEndedAsync(SessionOf(it), token),
            _ => Task.CompletedTask,
            it => it.Expiry.ExpireAllAsync(it.Tenant, default)),
        ["begin the first session"] = new(
            async (it, token) =>
            {
                it.Token = await Tokens(it).WriteAsync(SessionOf(it), token);
                return true;
            },
            async it => Assert.Equal(SessionOf(it), await Tokens(it).ReadAsync(it.Token!, default)),
            LoseKeysAsync),
        ["read a session"] = new(
            async (it, token) => await Tokens(it).ReadAsync(it.Token!, token) == SessionOf(it),
            _ => Task.CompletedTask,
            async it =>
            {
                await LoseKeysAsync(it);
                it.Token = await Tokens(it).WriteAsync(SessionOf(it), default);
            }),
    };

    // Those of an instance that has just started.
    static PortalTokens Tokens(StoreCase it) =>
        new(new PortalKeys(it.Client.Vault, NullLoggerFactory.Instance, it.Time), it.Time);

    static PortalSession SessionOf(StoreCase it) => new()
    {
        Tenant = it.Tenant,
        Actor = "admin",
        Rights = PortalRights.View,
        IssuedAt = Some.Time,
        ExpiresAt = Some.Time.AddHours(1),
    };

    static async Task LoseKeysAsync(StoreCase it)
    {
        try
        {
            var deletion = await it.Client.Vault.StartDeleteSecretAsync(VaultKeyRing.SecretName);
            await deletion.WaitForCompletionAsync();
            await it.Client.Vault.PurgeDeletedSecretAsync(VaultKeyRing.SecretName);
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            // There are none yet.
        }
    }
}
