using Atrium.Local.Emulators.Tests.JavaScript;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Local.Emulators.Tests.Azurite;

public sealed class FullDiskTests : IDisposable
{
    readonly StateFolder data = new();

    string Full => Path.Combine(data.Path, "full");

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task What_is_not_on_disk_is_not_answered_as_done_and_what_is_lost_at_the_stop_is_told()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var node = Path.Combine(AppContext.BaseDirectory, "Azurite", "full-disk");
        var searchPath = $"{node}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        var log = new BrokerLog();
        using var loggers = new BrokerLogFactory(log);
        await using (var emulator = await RunningAzurite.StartAsync(data, loggers: loggers, searchPath: searchPath))
        {
            var table = RunningAzurite.Table(emulator.ConnectionString);
            await RunningAzurite.AddAsync(table, "before");

            await File.WriteAllTextAsync(Full, "");
            Assert.Equal(500, await RefusalAsync(table, "while full"));
            Assert.Equal(["before", "while full"], await RunningAzurite.KeysAsync(table));

            // It is kept by now, as is all that the client was not told of.
            File.Delete(Full);
            Assert.Equal(409, await RefusalAsync(table, "while full"));

            await File.WriteAllTextAsync(Full, "");
            Assert.Equal(500, await RefusalAsync(table, "lost"));
        }

        Assert.Contains(
            "Warning: Azurite says, and 0 lines more since the last such line: "
            + "Azurite could not save its data, and will try again: ENOSPC",
            log.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "Error: Azurite ended with code 1 when it was stopped", log.ToString(), StringComparison.Ordinal);
        Assert.Contains("could not save its data when it stopped: ENOSPC", log.ToString(), StringComparison.Ordinal);
    }

    static async Task<int> RefusalAsync(TableClient table, string key) =>
        (await Assert.ThrowsAsync<RequestFailedException>(
            () => table.AddEntityAsync(new TableEntity("default", key)))).Status;
}
