using Atrium.Functions.Secrets;
using Atrium.Functions.Tests.Fakes;
using Atrium.Local.Emulators.KeyVault;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.Secrets;

/// <summary>
/// The real client against a vault with soft delete and purge protection: what the fake vault stands for.
/// </summary>
public sealed class SecretVaultOverHttpTests : IAsyncLifetime, IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("atrium-vault-").FullName;
    KeyVaultEmulator _emulator = null!;
    HttpClientTransport _transport = null!;
    SecretClient _client = null!;
    SecretVault _vault = null!;

    public async Task InitializeAsync()
    {
        _emulator = await KeyVaultEmulator.StartAsync(
            new KeyVaultEmulatorOptions { StateFolder = _folder }, TimeProvider.System, NullLoggerFactory.Instance);
        _transport = new HttpClientTransport(_emulator.CreateTrustingHandler());
        _client = new SecretClient(
            _emulator.VaultUri, new LocalVaultCredential(),
            new SecretClientOptions { Transport = _transport, Retry = { MaxRetries = 0 } });
        _vault = Some.VaultOf(_client);
    }

    public async Task DisposeAsync()
    {
        await _emulator.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public void Dispose() => _transport.Dispose();

    [Fact]
    public async Task What_is_stored_is_read_and_once_removed_it_is_gone_and_its_name_is_never_taken_again()
    {
        var secret = await _vault.StoreAsync(Some.Owner, Some.Secret, default);
        var headers = await _vault.StoreAsync(
            Some.Owner, new Dictionary<string, string> { ["X-Api-Key"] = "\"k\"\t+" }, default);
        Assert.Equal(Some.Secret.Reveal(), (await _vault.ReadSecretAsync(secret, default))!.Reveal());
        Assert.Equal("\"k\"\t+", (await _vault.ReadHeadersAsync(headers, default))!["X-Api-Key"]);

        await _vault.RemoveAsync(secret.Name, default);
        await _vault.RemoveAsync(secret.Name, default);

        Assert.Null(await _vault.ReadSecretAsync(secret, default));
        Assert.Equal(
            409, (await Assert.ThrowsAsync<RequestFailedException>(
            () => _client.SetSecretAsync(secret.Name, "x"))).Status);
        Assert.NotNull(
            await _vault.ReadSecretAsync(await _vault.StoreAsync(Some.Owner, Some.OtherSecret, default), default));
        Assert.NotNull(await _vault.ReadHeadersAsync(headers, default));
    }

    [Fact]
    public async Task All_are_listed_with_owner_and_age_over_several_pages()
    {
        await _client.SetSecretAsync("webhook-of-somebody-else", "x");
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        var stored = new List<(string, SecretOwner)>();
        foreach (var number in Enumerable.Range(0, 30))
        {
            var owner = new SecretOwner($"tenant-{number % 3}", $"sub_{number:x20}");
            stored.Add(((await _vault.StoreAsync(owner, Some.Secret, default)).Name, owner));
        }

        var listed = new List<StoredSecret>();
        await foreach (var secret in _vault.ListAsync(default))
        {
            listed.Add(secret);
        }

        Assert.Equal(
            stored.OrderBy(one => one.Item1, StringComparer.Ordinal),
            listed.Select(one => (one.Name, one.Owner)).OrderBy(one => one.Name, StringComparer.Ordinal));
        Assert.All(listed, secret => Assert.InRange(secret.CreatedAt, before, TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public async Task The_apps_own_client_trusts_the_certificate_that_the_local_hosts_setting_names()
    {
        var settings = new Dictionary<string, string?>
        {
            ["KeyVault:vaultUri"] = _emulator.VaultUri.ToString(),
            ["LocalStack:VaultCertificate"] = Path.Combine(_folder, "certificate.pem"),
        };
        await using var provider = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<TokenCredential>(new LocalVaultCredential())
            .AddSingleton(Some.Outages())
            .AddAzureClients()
            .BuildServiceProvider();

        var vault = Some.VaultOf(provider.GetRequiredService<SecretClient>());
        var stored = await vault.StoreAsync(Some.Owner, Some.Secret, default);

        Assert.Equal(Some.Secret.Reveal(), (await _vault.ReadSecretAsync(stored, default))!.Reveal());
    }
}
