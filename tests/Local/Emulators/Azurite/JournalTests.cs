using System.Diagnostics;
using System.Text.Json;
using Atrium.JavaScript;
using Atrium.Local.Emulators.Azurite;
using Atrium.Processes;
using Azure.Data.Tables;

namespace Atrium.Local.Emulators.Tests.Azurite;

/// <summary>What is kept of the tables, however Azurite ends.</summary>
public sealed class JournalTests : IDisposable
{
    readonly StateFolder data = new();

    string Journal => Path.Combine(data.Path, "__azurite_db_table__.json.journal");

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Every_change_that_was_answered_outlives_kills()
    {
        using var log = new AwaitableLog("runs again");
        using var again = new AwaitableLog("runs again");
        string[] after;
        await using (var emulator = await RunningAzurite.StartAsync(data, LastingPort.Next(), log))
        {
            after = await ChangeAsync(emulator.ConnectionString);
            await KillAsync(emulator);
            await log.Written;
            Assert.Equal(after, await AllAsync(emulator.ConnectionString));
            after = await ChangeAsync(emulator.ConnectionString);
        }

        await using (var emulator = await RunningAzurite.StartAsync(data, LastingPort.Next(), again))
        {
            Assert.Equal(after, await AllAsync(emulator.ConnectionString));
            await KillAsync(emulator);
            await again.Written;
            Assert.Equal(after, await AllAsync(emulator.ConnectionString));
        }
    }

    [Fact]
    public async Task A_journal_whose_changes_are_all_written_already_changes_nothing()
    {
        string[] after;
        await using (var emulator = await RunningAzurite.StartAsync(data))
        {
            await ChangeAsync(emulator.ConnectionString);
            after = await ChangeAsync(emulator.ConnectionString);
            File.Copy(Journal, $"{Journal}.kept");
        }

        Assert.Empty(await File.ReadAllTextAsync(Journal));
        File.Move($"{Journal}.kept", Journal, overwrite: true);
        await using var next = await RunningAzurite.StartAsync(data);

        Assert.Equal(after, await AllAsync(next.ConnectionString));
    }

    [Fact]
    public async Task A_line_that_was_never_finished_is_left_out()
    {
        string[] after;
        await using (var emulator = await RunningAzurite.StartAsync(data))
        {
            after = await ChangeAsync(emulator.ConnectionString);
        }

        await File.WriteAllTextAsync(Journal, """[["devstoreaccount1$one","insert",{"Partit""");
        await using var next = await RunningAzurite.StartAsync(data);

        Assert.Equal(after, await AllAsync(next.ConnectionString));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""[["devstoreaccount1$one","torn",1]]""")]
    public async Task A_journal_that_cannot_be_read_is_a_clear_sentence(string line)
    {
        await File.WriteAllTextAsync(Journal, $"{line}\n");

        var refusal = await Assert.ThrowsAsync<EmulatorStartException>(() => RunningAzurite.StartAsync(data));

        Assert.Contains(
            $", which are damaged (line 1 of {Journal} cannot be read", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_is_kept_as_a_whole_or_not_at_all()
    {
        await using var emulator = await RunningAzurite.StartAsync(data);
        var table = RunningAzurite.Table(emulator.ConnectionString);

        Assert.Equal(["insert", "made"], await ChangesAsync(() => table.CreateAsync()));
        await table.AddEntityAsync(new TableEntity("of", "row"));
        Assert.Equal(["delete", "insert"], await ChangesAsync(() => table.UpdateEntityAsync(
            new TableEntity("of", "row"), Azure.ETag.All, TableUpdateMode.Replace)));
        Assert.Equal(["insert", "insert"], await ChangesAsync(() => table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.Add, new TableEntity("of", "one")),
                new(TableTransactionActionType.Add, new TableEntity("of", "two")),
            ])));
        Assert.Equal(["insert", "delete"], await ChangesAsync(() => Assert.ThrowsAsync<TableTransactionFailedException>(
            () => table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.Add, new TableEntity("of", "three")),
                new(TableTransactionActionType.Add, new TableEntity("of", "one")),
            ]))));
        Assert.Equal(["delete", "dropped"], await ChangesAsync(() => table.DeleteAsync()));

        // Of the one line that a request has written.
        async Task<List<string?>> ChangesAsync(Func<Task> request)
        {
            var before = (await File.ReadAllLinesAsync(Journal)).Length;
            await request();
            var line = Assert.Single((await File.ReadAllLinesAsync(Journal)).Skip(before));
            return [.. JsonDocument.Parse(line).RootElement.EnumerateArray().Select(change => change[1].GetString())];
        }
    }

    [Fact]
    public async Task A_disk_that_is_full_for_a_while_costs_no_change_and_a_long_journal_is_written_as_a_whole()
    {
        var output = await NodeScript.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "Azurite", "journal.test.cjs"),
            [Path.Combine(AzuriteInstallation.Source, "journal.js"), await InstalledAzurite.FolderAsync(), data.Path]);

        Assert.Equal("all held", output.Trim());
    }

    // Each kind of change that Azurite makes to its tables and rows.
    static async Task<string[]> ChangeAsync(string connectionString)
    {
        var service = new TableServiceClient(connectionString);
        foreach (var name in new[] { "one", "two", "dropped" })
        {
            await service.DeleteTableAsync(name);
            await service.CreateTableAsync(name);
        }

        await service.DeleteTableAsync("dropped");
        var table = service.GetTableClient("one");
        foreach (var key in new[] { "kept", "merged", "replaced", "deleted" })
        {
            await table.AddEntityAsync(new TableEntity("it's ü", key) { ["Value"] = key, ["Number"] = 5L });
        }

        await table.UpdateEntityAsync(
            new TableEntity("it's ü", "merged") { ["Other"] = 1.5 }, Azure.ETag.All, TableUpdateMode.Merge);
        await table.UpdateEntityAsync(
            new TableEntity("it's ü", "replaced") { ["Value"] = "again" }, Azure.ETag.All, TableUpdateMode.Replace);
        await table.DeleteEntityAsync("it's ü", "deleted");
        await table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.Add, new TableEntity("it's ü", "together")),
            new(TableTransactionActionType.Delete, new TableEntity("it's ü", "kept")),
        ]);
        await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.Add, new TableEntity("it's ü", "rolled back")),
            new(TableTransactionActionType.Delete, new TableEntity("it's ü", "merged")),
            new(TableTransactionActionType.Add, new TableEntity("it's ü", "together")),
        ]));
        await service.GetTableClient("two").UpsertEntityAsync(new TableEntity("", "") { ["Empty"] = "" });
        return await AllAsync(connectionString);
    }

    static async Task<string[]> AllAsync(string connectionString)
    {
        var service = new TableServiceClient(connectionString);
        return await service.QueryAsync().OrderBy(table => table.Name, StringComparer.Ordinal)
            .SelectMany(table => service.GetTableClient(table.Name).QueryAsync<TableEntity>())
            .Select(row => string.Join(
                ' ', row.Select(cell => $"{cell.Key}={cell.Value}").Order(StringComparer.Ordinal)))
            .ToArrayAsync();
    }

    static async Task KillAsync(AzuriteEmulator emulator)
    {
        using var process = Process.GetProcessById(emulator.ProcessId);
        process.Kill();
        await process.WaitForExitAsync();
    }
}
