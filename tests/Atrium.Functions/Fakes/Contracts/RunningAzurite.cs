using Atrium.Local.Emulators;
using Atrium.Local.Emulators.Azurite;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.Fakes.Contracts;

/// <summary>One Azurite for all tests of its collection; each test has tables or a tenant of its own.</summary>
public sealed class RunningAzurite : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("atrium-tables-").FullName;
    AzuriteEmulator _emulator = null!;

    /// <summary>The genuine client, which makes each call once.</summary>
    public TableServiceClient Client => ClientOf(new TableClientOptions { Retry = { MaxRetries = 0 } });

    /// <summary>The folder of its packages.</summary>
    public string Installation => _emulator.Installation;

    public TableServiceClient ClientOf(TableClientOptions options) => new(_emulator.ConnectionString, options);

    public async Task InitializeAsync()
    {
        var options = new AzuriteEmulatorOptions { ToolsFolder = LocalState.Tools, DataFolder = _folder };
        _emulator = await AzuriteEmulator.StartAsync(
            options, _ => { }, NullLoggerFactory.Instance, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _emulator.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

[CollectionDefinition(Name)]
public sealed class SharedAzurite : ICollectionFixture<RunningAzurite>
{
    public const string Name = "Azurite";
}
