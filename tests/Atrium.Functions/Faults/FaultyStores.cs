using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Fakes.Contracts;
using Atrium.Local.Emulators.KeyVault;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Security.KeyVault.Secrets;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.Faults;

/// <summary>
/// The genuine clients of tables, vault and blobs with the app's own tries, but without the waits between them, over
/// services that fail when they are told to. What is late on a busy machine is no failure, and not tried again.
/// </summary>
public sealed class FaultyStores(RunningAzurite azurite) : IAsyncLifetime
{
    readonly Spoiling _spoiling = new();
    readonly string _folder = Directory.CreateTempSubdirectory("atrium-faults-").FullName;
    KeyVaultEmulator _vault = null!;
    FaultyService _secrets = null!;
    FaultyService _rows = null!;
    FaultyService _files = null!;
    RunningBlobs _blobs = null!;

    public TableServiceClient Tables { get; private set; } = null!;

    public SecretClient Vault { get; private set; } = null!;

    public bool HaveStruck => _spoiling.HasStruck;

    internal IReadOnlyDictionary<Fault, int> Calls => _spoiling.Calls;

    public async Task InitializeAsync()
    {
        var options = new KeyVaultEmulatorOptions { StateFolder = _folder, PurgeProtection = false };
        _vault = await KeyVaultEmulator.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance);
        _blobs = await RunningBlobs.StartAsync(azurite);
        (_rows, _files) = (Spoilable(new SocketsHttpHandler()), Spoilable(new SocketsHttpHandler()));
        _secrets = Spoilable(_vault.CreateTrustingHandler());
        Tables = azurite.ClientOf(WithinBudget(new TableClientOptions(), _rows));
        Vault = new SecretClient(
            _vault.VaultUri, new LocalVaultCredential(), WithinBudget(new SecretClientOptions(), _secrets));
    }

    public BlobContainerClient Blobs(string container) =>
        _blobs.Container(container, WithinBudget(new BlobClientOptions(), _files));

    /// <summary>Drops all tables, and makes those that the app makes only at start.</summary>
    public async Task EmptyAsync()
    {
        foreach (var table in await Tables.QueryAsync().ToListAsync())
        {
            await Tables.DeleteTableAsync(table.Name);
        }

        foreach (var name in FakeTables.MadeAtStart)
        {
            await Tables.CreateTableAsync(name);
        }
    }

    /// <summary>Spoils a call, and those after it if the fault lasts, whichever service it goes to.</summary>
    internal void Spoil(Fault? fault, int call = 1, CancellationTokenSource? caller = null) =>
        _spoiling.Begin(fault, call, caller);

    public async Task DisposeAsync()
    {
        _rows.Dispose();
        _files.Dispose();
        _secrets.Dispose();
        await _vault.DisposeAsync();
        await _blobs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    FaultyService Spoilable(HttpMessageHandler service) => new(service, _spoiling);

    static T WithinBudget<T>(T options, HttpMessageHandler service)
        where T : ClientOptions
    {
        AzureClients.WithinBudget(options);
        (options.Retry.Delay, options.Retry.MaxDelay) = (TimeSpan.Zero, TimeSpan.Zero);
        options.Retry.NetworkTimeout = Patience.Limit;
        options.Transport = new HttpClientTransport(service);
        return options;
    }
}
