using Azure;
using Azure.Security.KeyVault.Secrets;

namespace Atrium.Local.Emulators.Tests.KeyVault;

public sealed class SecretTests : IAsyncLifetime, IDisposable
{
    readonly StateFolder folder = new();
    RunningVault vault = null!;

    public async Task InitializeAsync() => vault = await RunningVault.StartAsync(folder);

    public async Task DisposeAsync() => await vault.DisposeAsync();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Gets_what_was_set_with_all_its_properties()
    {
        var expires = DateTimeOffset.FromUnixTimeSeconds(4102444800);
        var notBefore = DateTimeOffset.FromUnixTimeSeconds(4070908800);
        var secret = new KeyVaultSecret("signing-key", "whsec_MfKQ9r8é")
        {
            Properties =
                { ContentType = "text/plain", ExpiresOn = expires, NotBefore = notBefore,
                Tags = { ["tenant"] = "default" } },
        };

        KeyVaultSecret set = await vault.Client.SetSecretAsync(secret);
        KeyVaultSecret got = await vault.Client.GetSecretAsync("signing-key");

        Assert.Equal("whsec_MfKQ9r8é", got.Value);
        Assert.Equal(set.Properties.Version, got.Properties.Version);
        Assert.Matches("^[0-9a-f]{32}$", got.Properties.Version);
        Assert.Equal(new Uri(vault.Emulator.VaultUri, $"/secrets/signing-key/{set.Properties.Version}"), got.Id);
        Assert.Equal("text/plain", got.Properties.ContentType);
        Assert.Equal(expires, got.Properties.ExpiresOn);
        Assert.Equal(notBefore, got.Properties.NotBefore);
        Assert.Equal("default", Assert.Single(got.Properties.Tags).Value);
        Assert.True(got.Properties.Enabled);
        Assert.Equal("Recoverable", got.Properties.RecoveryLevel);
        Assert.Equal(90, got.Properties.RecoverableDays);
    }

    [Fact]
    public async Task Keeps_every_version_and_gives_the_newest_unless_asked()
    {
        KeyVaultSecret first = await vault.Client.SetSecretAsync("key", "one");
        KeyVaultSecret second = await vault.Client.SetSecretAsync("KEY", "two");

        Assert.Equal("two", (await vault.Client.GetSecretAsync("key")).Value.Value);
        Assert.Equal("one", (await vault.Client.GetSecretAsync("key", first.Properties.Version)).Value.Value);
        var versions = await vault.Client.GetPropertiesOfSecretVersionsAsync("Key").ToListAsync();
        Assert.Equal(
            [first.Properties.Version, second.Properties.Version], versions.Select(version => version.Version));
    }

    [Fact]
    public async Task Lists_every_secret_once_over_several_pages_without_values()
    {
        var names = Enumerable.Range(0, 27).Select(number => $"secret-{number:00}").ToList();
        foreach (var name in names)
        {
            await vault.Client.SetSecretAsync(name, "value");
        }

        await vault.Client.SetSecretAsync("secret-00", "newer");

        var pages = await vault.Client.GetPropertiesOfSecretsAsync().AsPages().ToListAsync();
        Assert.Equal([25, 2], pages.Select(page => page.Values.Count));
        Assert.Equal(names, pages.SelectMany(page => page.Values).Select(secret => secret.Name));
        Assert.DoesNotContain(
            "value", pages[0].GetRawResponse().Content.ToString().Replace("\"value\":[", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_through_the_versions_of_a_secret()
    {
        for (var number = 0; number < 26; number++)
        {
            await vault.Client.SetSecretAsync("key", $"{number}");
        }

        var versions = await vault.Client.GetPropertiesOfSecretVersionsAsync("key").ToListAsync();
        Assert.Equal(26, versions.Select(version => version.Version).Distinct().Count());
        Assert.Empty(await vault.Client.GetPropertiesOfSecretVersionsAsync("other").ToListAsync());
    }

    [Fact]
    public async Task Updates_only_the_properties_that_are_sent()
    {
        KeyVaultSecret set = await vault.Client.SetSecretAsync(
            new KeyVaultSecret("key", "value") { Properties = { ContentType = "text/plain", Tags = { ["a"] = "b" } } });
        set.Properties.ExpiresOn = DateTimeOffset.FromUnixTimeSeconds(4102444800);

        await vault.Client.UpdateSecretPropertiesAsync(set.Properties);

        KeyVaultSecret got = await vault.Client.GetSecretAsync("key");
        Assert.Equal("value", got.Value);
        Assert.Equal("text/plain", got.Properties.ContentType);
        Assert.Equal("b", got.Properties.Tags["a"]);
        Assert.Equal(4102444800, got.Properties.ExpiresOn?.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task Refuses_to_give_a_disabled_version()
    {
        KeyVaultSecret set = await vault.Client.SetSecretAsync("key", "value");
        set.Properties.Enabled = false;
        await vault.Client.UpdateSecretPropertiesAsync(set.Properties);

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => vault.Client.GetSecretAsync("key"));

        Assert.Equal((403, "Forbidden"), (refusal.Status, refusal.ErrorCode));
    }

    [Theory]
    [InlineData("missing", null)]
    [InlineData("key", "00000000000000000000000000000000")]
    public async Task Does_not_find_what_is_not_there(string name, string? version)
    {
        await vault.Client.SetSecretAsync("key", "value");

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(
            () => vault.Client.GetSecretAsync(name, version));

        Assert.Equal((404, "SecretNotFound"), (refusal.Status, refusal.ErrorCode));
    }

    [Theory]
    [InlineData("under_score")]
    [InlineData("with.dot")]
    [InlineData(
        "128-bytes-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Refuses_names_outside_the_rule(string name)
    {
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(
            () => vault.Client.SetSecretAsync(name, "value"));

        Assert.Equal((400, "BadParameter"), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task Takes_a_value_of_25_KB_and_no_byte_more()
    {
        await vault.Client.SetSecretAsync("key", new string('x', 25 * 1024));

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(
            () => vault.Client.SetSecretAsync("key", new string('x', 25 * 1024) + "x"));

        Assert.Equal((400, "BadParameter"), (refusal.Status, refusal.ErrorCode));
    }
}
