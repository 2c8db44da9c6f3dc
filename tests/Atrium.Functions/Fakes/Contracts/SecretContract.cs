using Atrium.Local.Emulators.KeyVault;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Fakes.Contracts;

/// <summary>What the app relies on of a vault with soft delete and purge protection.</summary>
public abstract class SecretContract
{
    const int MaxBytes = 25 * 1024;

    protected static DateTimeOffset Now => Some.Time;

    protected abstract SecretClient Vault { get; }

    [Fact]
    public async Task A_secret_is_read_by_the_version_that_storing_it_answered_with()
    {
        var first = (await Vault.SetSecretAsync("s", "one")).Value.Properties.Version;
        var second = (await Vault.SetSecretAsync(new KeyVaultSecret("s", "two"))).Value.Properties.Version;
        Assert.NotEqual(first, second);
        Assert.Equal("one", (await Vault.GetSecretAsync("s", first)).Value.Value);
        Assert.Equal("two", (await Vault.GetSecretAsync("s", second)).Value.Value);
        Assert.Equal("two", (await Vault.GetSecretAsync("s")).Value.Value);
    }

    [Theory]
    [InlineData("other", null)]
    [InlineData("other", "0123456789abcdef0123456789abcdef")]
    [InlineData("s", "0123456789abcdef0123456789abcdef")]
    public async Task A_secret_that_is_not_there_is_not_found(string name, string? version)
    {
        await Vault.SetSecretAsync("s", "one");
        await Refused.AsAsync(404, "SecretNotFound", () => Vault.GetSecretAsync(name, version));
    }

    [Fact]
    public async Task A_removed_secret_is_gone_in_all_its_versions_and_its_name_is_not_taken_again()
    {
        var version = (await Vault.SetSecretAsync("s", "one")).Value.Properties.Version;
        await Vault.SetSecretAsync("s", "two");
        await Vault.StartDeleteSecretAsync("s");

        await Refused.AsAsync(404, "SecretNotFound", () => Vault.GetSecretAsync("s", version));
        await Refused.AsAsync(404, "SecretNotFound", () => Vault.GetSecretAsync("s"));
        await Refused.AsAsync(404, "SecretNotFound", () => Vault.StartDeleteSecretAsync("s"));
        await Refused.AsAsync(409, "Conflict", () => Vault.SetSecretAsync("s", "three"));
        Assert.Empty(await Vault.GetPropertiesOfSecretsAsync().ToListAsync());
    }

    [Fact]
    public async Task To_remove_what_is_not_there_spoils_no_name()
    {
        await Refused.AsAsync(404, "SecretNotFound", () => Vault.StartDeleteSecretAsync("s"));
        await Vault.SetSecretAsync("s", "one");
        Assert.Equal("one", (await Vault.GetSecretAsync("s")).Value.Value);
    }

    [Fact]
    public async Task A_secret_is_listed_once_with_the_tags_of_its_newest_version_and_the_others_are_not_touched()
    {
        await SetAsync("b", "one", ("tenant", "acme"));
        await SetAsync("b", "two", ("tenant", "globex"), ("subscription", "sub_1"));
        await SetAsync("a", "one");
        await SetAsync("gone", "one");
        await Vault.StartDeleteSecretAsync("gone");

        var listed = await Vault.GetPropertiesOfSecretsAsync().ToListAsync();

        Assert.Equal(["a", "b"], listed.Select(secret => secret.Name).Order(StringComparer.Ordinal));
        Assert.All(listed, secret => Assert.Equal(Now, secret.CreatedOn));
        var tags = listed.Single(secret => secret.Name == "b").Tags.OrderBy(tag => tag.Key);
        Assert.Equal([new("subscription", "sub_1"), new("tenant", "globex")], tags);
        Assert.Equal(tags, (await Vault.GetSecretAsync("b")).Value.Properties.Tags.OrderBy(tag => tag.Key));
    }

    [Fact]
    public async Task All_are_listed_over_several_pages()
    {
        const int MoreThanAPage = 30;
        foreach (var number in Enumerable.Range(0, MoreThanAPage))
        {
            await Vault.SetSecretAsync($"s{number:D2}", "one");
        }

        Assert.Equal(
            Enumerable.Range(0, MoreThanAPage).Select(number => $"s{number:D2}"),
            await Vault.GetPropertiesOfSecretsAsync().Select(secret => secret.Name).ToListAsync());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("é")]
    public async Task A_secret_has_25_KB_at_most(string character)
    {
        var text =
            string.Concat(Enumerable.Repeat(character, MaxBytes / System.Text.Encoding.UTF8.GetByteCount(character)));
        await Vault.SetSecretAsync("s", text);
        Assert.Equal(text, (await Vault.GetSecretAsync("s")).Value.Value);
        await Refused.AsAsync(400, "BadParameter", () => Vault.SetSecretAsync("t", text + "x"));
        await Refused.AsAsync(404, "SecretNotFound", () => Vault.GetSecretAsync("t"));
    }

    [Theory]
    [InlineData("a_b")]
    [InlineData("a.b")]
    [InlineData("é")]
    public async Task A_name_has_letters_digits_and_hyphens(string name) =>
        await Refused.AsAsync(400, "BadParameter", () => Vault.SetSecretAsync(name, "one"));

    [Fact]
    public async Task What_is_cancelled_before_it_is_sent_has_no_effect()
    {
        var gone = new CancellationToken(canceled: true);
        await Vault.SetSecretAsync("s", "one");
        await CancelledAsync(() => Vault.SetSecretAsync("s", "two", gone));
        await CancelledAsync(() => Vault.SetSecretAsync(new KeyVaultSecret("s", "two"), gone));
        await CancelledAsync(() => Vault.StartDeleteSecretAsync("s", gone));
        await CancelledAsync(() => Vault.GetSecretAsync("s", cancellationToken: gone));
        await CancelledAsync(async () => await Vault.GetPropertiesOfSecretsAsync(gone).ToListAsync(default));
        Assert.Equal("one", (await Vault.GetSecretAsync("s")).Value.Value);
    }

    static async Task CancelledAsync(Func<Task> call) => await Assert.ThrowsAnyAsync<OperationCanceledException>(call);

    async Task SetAsync(string name, string value, params (string Name, string Value)[] tags)
    {
        var secret = new KeyVaultSecret(name, value);
        foreach (var (tag, text) in tags)
        {
            secret.Properties.Tags[tag] = text;
        }

        await Vault.SetSecretAsync(secret);
    }
}

public sealed class FakeSecretContractTests : SecretContract
{
    protected override SecretClient Vault { get; } = new FakeVault(time: new FakeTimeProvider(Now));
}

public sealed class EmulatorSecretContractTests : SecretContract, IAsyncLifetime, IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("atrium-vault-").FullName;
    KeyVaultEmulator _emulator = null!;
    HttpClientTransport _transport = null!;
    SecretClient _client = null!;

    protected override SecretClient Vault => _client;

    public async Task InitializeAsync()
    {
        _emulator = await KeyVaultEmulator.StartAsync(
            new KeyVaultEmulatorOptions { StateFolder = _folder },
            new FakeTimeProvider(Now),
            NullLoggerFactory.Instance);
        _transport = new HttpClientTransport(_emulator.CreateTrustingHandler());
        _client = new SecretClient(
            _emulator.VaultUri,
            new LocalVaultCredential(),
            new SecretClientOptions { Transport = _transport, Retry = { MaxRetries = 0 } });
    }

    public async Task DisposeAsync()
    {
        await _emulator.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public void Dispose() => _transport.Dispose();
}
