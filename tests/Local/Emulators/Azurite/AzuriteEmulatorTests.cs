using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Atrium.Processes;

namespace Atrium.Local.Emulators.Tests.Azurite;

public sealed class AzuriteEmulatorTests : IDisposable
{
    readonly StateFolder data = new();

    string HolderFile => Path.Combine(data.Path, "azurite-process.json");

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Goes_on_with_its_tables_after_a_stop()
    {
        await using (var before = await RunningAzurite.StartAsync(data))
        {
            await RunningAzurite.AddAsync(
                RunningAzurite.Table(before.ConnectionString), "written-just-before-the-stop");
        }

        await using var after = await RunningAzurite.StartAsync(data);

        Assert.Equal(
            ["written-just-before-the-stop"],
            await RunningAzurite.KeysAsync(RunningAzurite.Table(after.ConnectionString)));
    }

    [Fact]
    public async Task Runs_again_on_the_same_port_after_it_ended_by_itself()
    {
        using var log = new AwaitableLog("runs again");
        await using var emulator = await RunningAzurite.StartAsync(data, LastingPort.Next(), log);
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
    public async Task Waits_until_a_predecessor_has_saved_and_ended()
    {
        await using (var before = await RunningAzurite.StartAsync(data))
        {
            await RunningAzurite.AddAsync(RunningAzurite.Table(before.ConnectionString), "saved-last");
        }

        var saved = Path.Combine(data.Path, "__azurite_db_table__.json");
        File.Move(saved, $"{saved}.later");
        using var predecessor = await HoldAsync("its-token");
        var starting = RunningAzurite.StartAsync(data);
        var asking = predecessor.AcceptTcpClientAsync();
        Assert.Same(asking, await Task.WhenAny(asking, starting));

        using (var asked = await asking)
        {
            await asked.GetStream().WriteAsync("its-token"u8.ToArray());
            File.Move($"{saved}.later", saved);
        }

        await using var emulator = await starting;
        Assert.Equal(["saved-last"], await RunningAzurite.KeysAsync(RunningAzurite.Table(emulator.ConnectionString)));
    }

    [Fact]
    public async Task A_lock_whose_holder_died_is_taken_over_although_its_port_answers()
    {
        using var stranger = await HoldAsync("of-the-dead");
        var starting = RunningAzurite.StartAsync(data);

        using var asked = await stranger.AcceptTcpClientAsync();
        await asked.GetStream().WriteAsync("SSH-2.0"u8.ToArray());

        // The stranger keeps the connection open: if it were taken for the holder, the start would fail.
        await using var emulator = await starting;
        Assert.NotEqual(0, emulator.Port);
    }

    [Fact]
    public async Task A_lock_whose_process_is_gone_is_taken_over_although_a_silent_stranger_has_its_port()
    {
        using var ended = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true })!;
        await ended.WaitForExitAsync();
        using var stranger = await HoldAsync("of-the-dead", ended.Id);

        await using var emulator = await RunningAzurite.StartAsync(data);

        Assert.NotEqual(0, emulator.Port);
    }

    [Fact]
    public async Task A_stop_leaves_no_lock_behind()
    {
        await using (await RunningAzurite.StartAsync(data))
        {
            Assert.True(File.Exists(HolderFile));
        }

        Assert.False(File.Exists(HolderFile));
    }

    [Theory]
    [InlineData("{ damaged")]
    [InlineData("")]
    public async Task Tables_that_cannot_be_read_are_told_as_damaged(string content)
    {
        var file = Path.Combine(data.Path, "__azurite_db_table__.json");
        await File.WriteAllTextAsync(file, content);

        var refusal = await Assert.ThrowsAsync<EmulatorStartException>(() => RunningAzurite.StartAsync(data));

        Assert.StartsWith(
            $"Azurite cannot use its tables in {data.Path}, which are damaged (", refusal.Message,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "): move the folder away to start with empty tables.", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(file));
    }

    /// <summary>Stands in the lock file as the process that serves the folder.</summary>
    async Task<TcpListener> HoldAsync(string token, int? process = null)
    {
        var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        await File.WriteAllTextAsync(
            HolderFile, $$"""{"pid":{{process ?? Environment.ProcessId}},"port":{{port}},"token":"{{token}}"}""");
        return holder;
    }
}
