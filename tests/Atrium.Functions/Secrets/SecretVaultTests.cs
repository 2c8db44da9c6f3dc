using Atrium.Functions.Secrets;
using Atrium.Functions.Tests.Fakes;
using Azure;

namespace Atrium.Functions.Tests.Secrets;

public sealed class SecretVaultTests
{
    readonly FakeVault _service = new();
    readonly SecretVault _vault;

    public SecretVaultTests() => _vault = new SecretVault(_service);

    [Fact]
    public async Task What_is_stored_is_read_back_by_its_version()
    {
        var reference = await _vault.StoreAsync(Some.SubscriptionId, Some.Secret, default);
        Assert.Equal(Some.Secret.Reveal(), (await _vault.ReadAsync(reference, default)).Reveal());
    }

    [Fact]
    public async Task A_name_is_one_that_the_vault_takes_and_differs_by_subscription()
    {
        var one = await _vault.StoreAsync(Some.SubscriptionId, Some.Secret, default);
        var other = await _vault.StoreAsync("sub_ffffffffffffffffffff", Some.Secret, default);
        Assert.Matches("^[0-9a-zA-Z-]{1,127}$", one.Name);
        Assert.NotEqual(one.Name, other.Name);
    }

    [Fact]
    public async Task A_new_secret_leaves_the_version_that_was_there()
    {
        var old = await _vault.StoreAsync(Some.SubscriptionId, Some.Secret, default);
        var next = await _vault.StoreAsync(Some.SubscriptionId, Some.OtherSecret, default);
        Assert.Equal(old.Name, next.Name);
        Assert.Equal(Some.Secret.Reveal(), (await _vault.ReadAsync(old, default)).Reveal());
        Assert.Equal(Some.OtherSecret.Reveal(), (await _vault.ReadAsync(next, default)).Reveal());
    }

    [Fact]
    public async Task What_is_no_secret_is_a_fault_that_says_whose_and_not_what()
    {
        _service.Put("webhook-x", "v1", "spoiled-by-hand");
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => _vault.ReadAsync(new("webhook-x", "v1"), default));
        Assert.Contains("webhook-x", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("spoiled", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removing_what_is_not_there_succeeds()
    {
        await _vault.StoreAsync(Some.SubscriptionId, Some.Secret, default);
        await _vault.RemoveAsync(Some.SubscriptionId, default);
        await _vault.RemoveAsync(Some.SubscriptionId, default);
        Assert.Empty(_service.Secrets);
    }

    [Fact]
    public async Task An_outage_is_thrown()
    {
        _service.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<RequestFailedException>(() => _vault.RemoveAsync(Some.SubscriptionId, default));
        await Assert.ThrowsAsync<RequestFailedException>(() => _vault.StoreAsync(Some.SubscriptionId, Some.Secret, default));
    }
}
