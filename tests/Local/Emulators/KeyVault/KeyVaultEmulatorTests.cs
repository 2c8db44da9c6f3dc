using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atrium.Local.Emulators.KeyVault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Emulators.Tests.KeyVault;

public sealed class KeyVaultEmulatorTests : IDisposable
{
    readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Goes_on_with_secrets_deletions_and_certificate_after_a_restart()
    {
        byte[] certificate;
        await using (var before = await RunningVault.StartAsync(folder))
        {
            certificate = before.Emulator.Certificate.RawData;
            await before.Client.SetSecretAsync("kept", "value");
            await before.Client.SetSecretAsync("deleted", "value");
            await before.DeleteAsync("deleted");
        }

        await using var after = await RunningVault.StartAsync(folder);

        Assert.Equal("value", (await after.Client.GetSecretAsync("kept")).Value.Value);
        Assert.Equal("deleted", (await after.Client.GetDeletedSecretAsync("deleted")).Value.Name);
        Assert.Equal(certificate, after.Emulator.Certificate.RawData);
    }

    [Fact]
    public async Task Wants_a_bearer_token_and_says_where_to_get_one()
    {
        await using var vault = await RunningVault.StartAsync(folder);
        foreach (var authorization in new[] { null, "Basic dXNlcg==", "Bearer", "Bearer " })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(vault.Emulator.VaultUri, "/secrets"));
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var client = new HttpClient(vault.Emulator.CreateTrustingHandler());

            using var response = await client.SendAsync(request);

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Contains(
                "authorization=\"https://login.microsoftonline.com/",
                Assert.Single(response.Headers.WwwAuthenticate).Parameter, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("PUT", "/secrets/key", "{", 400)]
    [InlineData("PUT", "/secrets/key", "null", 400)]
    [InlineData("PUT", "/secrets/key", """{"value":1}""", 400)]
    [InlineData("PUT", "/secrets/key", """{"contentType":"text/plain"}""", 400)]
    [InlineData("PATCH", "/secrets/key", "[]", 400)]
    [InlineData("PATCH", "/secrets/key", "{}", 404)]
    [InlineData("GET", "/secrets?maxresults=0", null, 400)]
    [InlineData("GET", "/secrets?maxresults=26", null, 400)]
    [InlineData("GET", "/secrets?$skiptoken=xyz", null, 400)]
    [InlineData("GET", "/secrets/key/versions?$skiptoken=6162", null, 400)]
    [InlineData("GET", "/deletedsecrets?maxresults=x", null, 400)]
    [InlineData("POST", "/deletedsecrets/key/recover", null, 404)]
    [InlineData("GET", "/keys", null, 404)]
    [InlineData("POST", "/secrets/key/backup", null, 404)]
    public async Task Answers_what_it_refuses_with_an_error_body(string method, string path, string? body, int status)
    {
        await using var vault = await RunningVault.StartAsync(folder);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await vault.Http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith(
            "{\"error\":{\"code\":\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_handler_trusts_no_other_certificate()
    {
        using var otherFolder = new StateFolder();
        await using var vault = await RunningVault.StartAsync(folder);
        await using var other = await RunningVault.StartAsync(otherFolder);

        await Assert.ThrowsAsync<HttpRequestException>(
            () => vault.Http.GetAsync(new Uri(other.Emulator.VaultUri, "/secrets")));
    }

    [Fact]
    public async Task Serves_a_certificate_for_every_name_of_this_machine()
    {
        await using var vault = await RunningVault.StartAsync(folder);
        var certificate = vault.Emulator.Certificate;

        Assert.All(
            ["vault.localhost", "localhost", "127.0.0.1", "::1"],
            name => Assert.True(certificate.MatchesHostname(name), name));
        using var pem = X509Certificate2.CreateFromPem(
            await File.ReadAllTextAsync(Path.Combine(folder.Path, "certificate.pem")));
        Assert.Equal(certificate.RawData, pem.RawData);
        Assert.False(pem.HasPrivateKey);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("the public half of another")]
    public async Task The_public_half_is_that_of_the_certificate_again_after_a_start(string? otherwise)
    {
        var path = Path.Combine(folder.Path, "certificate.pem");
        string pem;
        await using (await RunningVault.StartAsync(folder))
        {
            pem = await File.ReadAllTextAsync(path);
        }

        File.Delete(path);
        if (otherwise is not null)
        {
            await File.WriteAllTextAsync(path, otherwise);
        }

        await using var vault = await RunningVault.StartAsync(folder);

        Assert.Equal(pem, await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Makes_a_new_certificate_when_the_kept_one_is_damaged()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "certificate.pfx"), "not a certificate");

        await using var vault = await RunningVault.StartAsync(folder);

        await vault.Client.SetSecretAsync("key", "value");
    }

    [Fact]
    public async Task Only_the_owner_may_read_what_is_kept()
    {
        await using var vault = await RunningVault.StartAsync(folder);
        await vault.Client.SetSecretAsync("key", "value");

        Assert.All(Directory.GetFiles(folder.Path), file =>
            Assert.True(
                OperatingSystem.IsWindows()
                || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), file));
    }

    [Fact]
    public async Task Secrets_that_are_damaged_are_told_as_such()
    {
        var file = Path.Combine(folder.Path, "secrets.db");
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("not a database ", 100)));

        var refusal = await Assert.ThrowsAsync<EmulatorStartException>(() => RunningVault.StartAsync(folder));

        Assert.StartsWith(
            $"The Key Vault emulator cannot use '{file}', which is damaged or not its own (", refusal.Message,
            StringComparison.Ordinal);
        Assert.EndsWith(
            ": move the file away to start with an empty vault.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_a_clear_sentence()
    {
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "");

        var refusal = await Assert.ThrowsAsync<EmulatorStartException>(() => KeyVaultEmulator.StartAsync(
            new KeyVaultEmulatorOptions { StateFolder = Path.Combine(file, "vault") }, TimeProvider.System,
            NullLoggerFactory.Instance));

        Assert.Contains("cannot use its folder", refusal.Message, StringComparison.Ordinal);
    }
}
