using Atrium.Local.Emulators.Azurite;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Emulators.Tests.Azurite;

/// <summary>
/// Starts Azurite with the installation that all tests share, and speaks to it through the real client.
/// </summary>
static class RunningAzurite
{
    public static Task<AzuriteEmulator> StartAsync(
        StateFolder data, int port = 0, ILoggerFactory? loggers = null, string? searchPath = null)
    {
        var options =
            new AzuriteEmulatorOptions { ToolsFolder = LocalState.Tools, DataFolder = data.Path, Port = port };
        return AzuriteEmulator.StartAsync(
            searchPath is null ? options : options with { SearchPath = searchPath },
            _ => { },
            loggers ?? NullLoggerFactory.Instance,
            TimeProvider.System);
    }

    public static TableClient Table(string connectionString) =>
        new(connectionString, "Subscriptions", new TableClientOptions { Retry = { MaxRetries = 0 } });

    public static async Task AddAsync(TableClient table, string key)
    {
        await table.CreateIfNotExistsAsync();
        await table.AddEntityAsync(new TableEntity("default", key) { ["State"] = "active" });
    }

    public static async Task<List<string>> KeysAsync(TableClient table) =>
        await table.QueryAsync<TableEntity>().Select(entity => entity.RowKey).ToListAsync();
}
