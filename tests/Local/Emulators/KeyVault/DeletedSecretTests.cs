using Azure;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Local.Emulators.Tests.KeyVault;

public sealed class DeletedSecretTests : IDisposable
{
    readonly StateFolder folder = new();
    readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_deleted_secret_is_gone_but_can_be_looked_at()
    {
        await using var vault = await RunningVault.StartAsync(folder, clock: clock);
        await vault.Client.SetSecretAsync("key", "value");

        await vault.DeleteAsync("key");

        DeletedSecret deleted = await vault.Client.GetDeletedSecretAsync("key");
        Assert.Equal(clock.GetUtcNow(), deleted.DeletedOn);
        Assert.Equal(clock.GetUtcNow().AddDays(90), deleted.ScheduledPurgeDate);
        Assert.Equal("/deletedsecrets/key", deleted.RecoveryId.AbsolutePath);
        Assert.Equal("key", Assert.Single(await vault.Client.GetDeletedSecretsAsync().ToListAsync()).Name);
        Assert.Empty(await vault.Client.GetPropertiesOfSecretsAsync().ToListAsync());
        await Refused(404, "SecretNotFound", () => vault.Client.GetSecretAsync("key"));
        await Refused(404, "SecretNotFound", () => vault.Client.StartDeleteSecretAsync("key"));
    }

    [Fact]
    public async Task A_deleted_name_cannot_be_set_again()
    {
        await using var vault = await RunningVault.StartAsync(folder);
        await vault.Client.SetSecretAsync("key", "value");
        await vault.DeleteAsync("key");

        var refusal = await Refused(409, "Conflict", () => vault.Client.SetSecretAsync("Key", "value"));

        Assert.Contains("ObjectIsDeletedButRecoverable", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recovered_secret_is_back_with_all_its_versions()
    {
        await using var vault = await RunningVault.StartAsync(folder);
        await vault.Client.SetSecretAsync("key", "one");
        await vault.Client.SetSecretAsync("key", "two");
        await vault.DeleteAsync("key");

        var operation = await vault.Client.StartRecoverDeletedSecretAsync("key");
        await operation.WaitForCompletionAsync();

        Assert.Equal("two", (await vault.Client.GetSecretAsync("key")).Value.Value);
        Assert.Equal(2, (await vault.Client.GetPropertiesOfSecretVersionsAsync("key").ToListAsync()).Count);
        await Refused(404, "SecretNotFound", () => vault.Client.GetDeletedSecretAsync("key"));
    }

    [Fact]
    public async Task Purge_protection_is_on_unless_turned_off()
    {
        await using var vault = await RunningVault.StartAsync(folder);
        await vault.Client.SetSecretAsync("key", "value");
        await vault.DeleteAsync("key");

        await Refused(403, "Forbidden", () => vault.Client.PurgeDeletedSecretAsync("key"));

        Assert.Equal("key", (await vault.Client.GetDeletedSecretAsync("key")).Value.Name);
    }

    [Fact]
    public async Task A_purged_name_can_be_set_again_and_remembers_nothing()
    {
        await using var vault = await RunningVault.StartAsync(folder, purgeProtection: false);
        KeyVaultSecret old = await vault.Client.SetSecretAsync("key", "old");
        await vault.DeleteAsync("key");

        await vault.Client.PurgeDeletedSecretAsync("key");

        await Refused(404, "SecretNotFound", () => vault.Client.PurgeDeletedSecretAsync("key"));
        KeyVaultSecret set = await vault.Client.SetSecretAsync("key", "new");
        Assert.Equal("Recoverable+Purgeable", set.Properties.RecoveryLevel);
        await Refused(404, "SecretNotFound", () => vault.Client.GetSecretAsync("key", old.Properties.Version));
    }

    [Fact]
    public async Task Retention_ends_after_ninety_days_even_with_purge_protection()
    {
        await using var vault = await RunningVault.StartAsync(folder, clock: clock);
        await vault.Client.SetSecretAsync("key", "value");
        await vault.DeleteAsync("key");

        clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1));
        await Refused(409, "Conflict", () => vault.Client.SetSecretAsync("key", "value"));
        clock.Advance(TimeSpan.FromSeconds(1));

        await Refused(404, "SecretNotFound", () => vault.Client.GetDeletedSecretAsync("key"));
        await vault.Client.SetSecretAsync("key", "value");
    }

    static async Task<RequestFailedException> Refused(int status, string code, Func<Task> act)
    {
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(act);
        Assert.Equal((status, code), (refusal.Status, refusal.ErrorCode));
        return refusal;
    }
}
