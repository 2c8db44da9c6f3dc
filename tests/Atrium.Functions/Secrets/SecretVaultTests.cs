using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;

namespace Atrium.Functions.Tests.Secrets;

public sealed class SecretVaultTests : IDisposable
{
    readonly FakeVault _service = new();
    readonly SecretVault _vault;

    public SecretVaultTests() => _vault = Some.VaultOf(_service);

    public void Dispose() => _vault.Dispose();

    [Fact]
    public async Task What_is_stored_is_read_back_by_its_version()
    {
        var reference = await _vault.StoreAsync(Some.Owner, Some.Secret, default);
        Assert.Equal(Some.Secret.Reveal(), (await _vault.ReadSecretAsync(reference, default))!.Reveal());
    }

    [Fact]
    public async Task A_name_is_one_that_the_vault_takes_and_differs_by_subscription()
    {
        var one = await _vault.StoreAsync(Some.Owner, Some.Secret, default);
        var other = await _vault.StoreAsync(new(Some.Tenant, "sub_ffffffffffffffffffff"), Some.Secret, default);
        Assert.Matches("^[0-9a-zA-Z-]{1,127}$", one.Name);
        Assert.NotEqual(one.Name, other.Name);
    }

    [Fact]
    public async Task Every_secret_of_a_subscription_has_a_name_of_its_own_since_soft_delete_keeps_names()
    {
        var old = await _vault.StoreAsync(Some.Owner, Some.Secret, default);
        var next = await _vault.StoreAsync(Some.Owner, Some.OtherSecret, default);
        Assert.NotEqual(old.Name, next.Name);
        await _vault.RemoveAsync(old.Name, default);
        await Assert.ThrowsAsync<RequestFailedException>(() => _service.SetSecretAsync(old.Name, "x"));
        Assert.Null(await _vault.ReadSecretAsync(old, default));
        Assert.Equal(Some.OtherSecret.Reveal(), (await _vault.ReadSecretAsync(next, default))!.Reveal());
    }

    [Fact]
    public async Task Headers_of_the_greatest_lengths_fit_and_come_back_as_they_were()
    {
        var headers = Enumerable.Range(0, HeaderRule.MaxCount).ToDictionary(
            number => $"X-{number}".PadRight(HeaderRule.MaxNameLength, 'n'),
            _ => new string('"', HeaderRule.MaxValueLength - 2) + "<é"[..1] + "\\");
        var reference = await _vault.StoreAsync(Some.Owner, headers, default);
        Assert.Equal(headers, await _vault.ReadHeadersAsync(reference, default));
    }

    [Fact]
    public async Task What_is_listed_has_an_owner_and_what_is_not_ours_is_left_out()
    {
        var reference = await _vault.StoreAsync(Some.Owner, Some.Secret, default);
        _service.Put("webhook-by-hand", "v1", "x");
        var stored = new List<StoredSecret>();
        await foreach (var secret in _vault.ListAsync(default))
        {
            stored.Add(secret);
        }

        Assert.Equal([new StoredSecret(reference.Name, Some.Owner, Some.Time)], stored);
    }

    [Fact]
    public async Task What_is_no_secret_is_a_fault_that_says_whose_and_not_what()
    {
        _service.Put("webhook-x", "v1", "spoiled-by-hand");
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => _vault.ReadSecretAsync(new("webhook-x", "v1"), default));
        Assert.Contains("webhook-x", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("spoiled", thrown.ToString(), StringComparison.Ordinal);
        thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => _vault.ReadHeadersAsync(new("webhook-x", "v1"), default));
        Assert.DoesNotContain("spoiled", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removing_what_is_not_there_succeeds()
    {
        var reference = await _vault.StoreAsync(Some.Owner, Some.Secret, default);
        await _vault.RemoveAsync(reference.Name, default);
        await _vault.RemoveAsync(reference.Name, default);
        Assert.Empty(_service.Secrets);
    }

    [Fact]
    public async Task An_outage_is_thrown()
    {
        _service.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<RequestFailedException>(() => _vault.RemoveAsync("webhook-x", default));
        await Assert.ThrowsAsync<RequestFailedException>(() => _vault.StoreAsync(Some.Owner, Some.Secret, default));
    }
}
