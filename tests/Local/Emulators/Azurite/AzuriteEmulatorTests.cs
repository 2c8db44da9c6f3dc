using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Atrium.Local.Emulators.Azurite;

namespace Atrium.Local.Emulators.Tests.Azurite;

public sealed class AzuriteEmulatorTests : IDisposable
{
    readonly StateFolder data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Goes_on_with_its_tables_after_a_stop()
    {
        await using (var before = await RunningAzurite.StartAsync(data))
        {
            await RunningAzurite.AddAsync(RunningAzurite.Table(before.ConnectionString), "written-just-before-the-stop");
        }

        await using var after = await RunningAzurite.StartAsync(data);

        Assert.Equal(["written-just-before-the-stop"], await RunningAzurite.KeysAsync(RunningAzurite.Table(after.ConnectionString)));
    }

    [Fact]
    public async Task Runs_again_on_the_same_port_after_it_ended_by_itself()
    {
        using var log = new AwaitableLog("runs again");
        await using var emulator = await RunningAzurite.StartAsync(data, loggers: log);
        var (firstProcess, connectionString) = (emulator.ProcessId, emulator.ConnectionString);

        using (var process = Process.GetProcessById(firstProcess))
        {
            process.Kill();
        }

        await log.Written;
        await RunningAzurite.AddAsync(RunningAzurite.Table(connectionString), "after");
        Assert.NotEqual(firstProcess, emulator.ProcessId);
        Assert.Equal(connectionString, emulator.ConnectionString);
    }

    [Fact]
    public async Task A_successor_waits_until_its_predecessor_has_saved_and_ended()
    {
        var node = await NodeJs.FindAsync(Environment.GetEnvironmentVariable("PATH")!, CancellationToken.None);
        var installation = await new AzuriteInstallation(LocalState.Tools, RunningAzurite.NoProgress, TimeProvider.System)
            .EnsureAsync(node, CancellationToken.None);
        Task<AzuriteProcess> Start() => AzuriteProcess.StartAsync(node, installation, data.Path, 0, TimeProvider.System, CancellationToken.None);
        using var predecessor = await Start();
        var successorStarts = Start();
        await RunningAzurite.AddAsync(RunningAzurite.Table(ConnectionString(predecessor)), "key");
        var tooEarly = successorStarts.IsCompleted;

        await predecessor.StopAsync();

        using var successor = await successorStarts;
        Assert.False(tooEarly);
        Assert.Equal(["key"], await RunningAzurite.KeysAsync(RunningAzurite.Table(ConnectionString(successor))));
        await successor.StopAsync();
    }

    [Fact]
    public async Task A_taken_port_is_a_clear_sentence()
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port;

        var refusal = await Assert.ThrowsAsync<EmulatorStartException>(() => RunningAzurite.StartAsync(data, port));

        Assert.Contains($"cannot listen on port {port}", refusal.Message, StringComparison.Ordinal);
        await using var next = await RunningAzurite.StartAsync(data);
    }

    [Fact]
    public async Task Tables_that_cannot_be_read_are_a_clear_sentence()
    {
        await File.WriteAllTextAsync(Path.Combine(data.Path, "__azurite_db_table__.json"), "{ damaged");

        var refusal = await Assert.ThrowsAsync<EmulatorStartException>(() => RunningAzurite.StartAsync(data));

        Assert.StartsWith("Azurite cannot start", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(data.Path, refusal.Message, StringComparison.Ordinal);
    }

    static string ConnectionString(AzuriteProcess process) =>
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
        + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + $"TableEndpoint=http://127.0.0.1:{process.Port}/devstoreaccount1;";
}
