using Atrium.Local.Emulators.KeyVault;
using Atrium.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.EndToEnd;

/// <summary>
/// A vault in the test's own process, and where the app gets its tokens for it: it can be gone while the app runs.
/// </summary>
internal sealed class Vault : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly WebApplication _identity;
    KeyVaultEmulator? _emulator;

    Vault(WebApplication identity) => _identity = identity;

    /// <summary>The settings that lead the app here.</summary>
    public (string Name, string Value)[] Settings =>
    [
        ("KeyVault__vaultUri", $"{_emulator!.VaultUri}"),
        ("LocalStack__VaultCertificate", Path.Combine(_folder.Path, "certificate.pem")),
        ("IDENTITY_ENDPOINT", $"{_identity.Urls.First()}/token"),
        ("IDENTITY_HEADER", "any"),
        ("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential"),
    ];

    public static async Task<Vault> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var vault = new Vault(builder.Build());
        vault._identity.Urls.Add("http://127.0.0.1:0");
        // The emulator takes any token. An hour is as far ahead as a service's own.
        vault._identity.Run(context => context.Response.WriteAsJsonAsync(new
        {
            access_token = "any",
            expires_on = $"{TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds()}",
            resource = context.Request.Query["resource"].ToString(),
            token_type = "Bearer",
        }));
        await vault._identity.StartAsync();
        vault._emulator = await KeyVaultEmulator.StartAsync(
            new KeyVaultEmulatorOptions { StateFolder = vault._folder.Path, Port = LastingPort.Next() },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None);
        return vault;
    }

    /// <summary>Is gone from now on: its port refuses.</summary>
    public async Task EndAsync()
    {
        if (_emulator is { } emulator)
        {
            _emulator = null;
            await emulator.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await _identity.DisposeAsync();
        _folder.Dispose();
    }
}
