using Atrium.Local.Emulators.KeyVault;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Emulators.Tests.KeyVault;

/// <summary>An emulator and a real client of it.</summary>
sealed class RunningVault : IAsyncDisposable
{
    readonly HttpClientTransport transport;

    RunningVault(KeyVaultEmulator emulator)
    {
        Emulator = emulator;
        transport = new HttpClientTransport(emulator.CreateTrustingHandler());
        Client = new SecretClient(
            emulator.VaultUri, new LocalVaultCredential(),
            new SecretClientOptions { Transport = transport, Retry = { MaxRetries = 0 } });
        Http = new HttpClient(emulator.CreateTrustingHandler()) { BaseAddress = emulator.VaultUri };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", "any");
    }

    public KeyVaultEmulator Emulator { get; }

    public SecretClient Client { get; }

    /// <summary>For what the real client never sends.</summary>
    public HttpClient Http { get; }

    public static Task<RunningVault> StartAsync(
        StateFolder folder, bool purgeProtection = true, TimeProvider? clock = null) =>
        StartAsync(folder.Path, purgeProtection, clock);

    public static async Task<RunningVault> StartAsync(
        string folder, bool purgeProtection = true, TimeProvider? clock = null) =>
        new(await KeyVaultEmulator.StartAsync(
            new KeyVaultEmulatorOptions { StateFolder = folder, PurgeProtection = purgeProtection },
            clock ?? TimeProvider.System,
            NullLoggerFactory.Instance));

    public async Task<DeletedSecret> DeleteAsync(string name)
    {
        var operation = await Client.StartDeleteSecretAsync(name);
        return await operation.WaitForCompletionAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        transport.Dispose();
        await Emulator.DisposeAsync();
    }
}
