using Atrium.Local.Emulators.ServiceBus;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Emulators.Tests.ServiceBus;

public sealed class StartTests : IDisposable
{
    readonly StateFolder _folder = new(StateFolder.Queue("deliveries", """ "RequiresDuplicateDetection": true """));

    [Fact]
    public async Task The_connection_string_names_the_port_that_was_found()
    {
        await using var emulator = await StartAsync();

        Assert.InRange(emulator.Port, 1, ushort.MaxValue);
        Assert.Equal(
            $"Endpoint=sb://localhost:{emulator.Port};SharedAccessKeyName=RootManageSharedAccessKey;"
            + "SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;",
            emulator.ConnectionString);
    }

    [Fact]
    public async Task A_second_emulator_on_the_same_file_is_told_who_has_it()
    {
        await using var first = await StartAsync();

        var refused = await Assert.ThrowsAsync<EmulatorStartException>(() => StartAsync());

        Assert.Contains("another process has it open", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_its_owner_may_read_the_file(bool isThereAlready)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var folder = Path.Combine(_folder.Path, "new");
        var file = Path.Combine(folder, "servicebus.db");
        if (isThereAlready)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(file, "");
        }

        await using var emulator = await ServiceBusEmulator.StartAsync(
            new() { ConfigFile = _folder.ConfigFile, DatabaseFile = file, Port = 0 }, TimeProvider.System,
            NullLoggerFactory.Instance, CancellationToken.None);

        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        foreach (var each in Directory.GetFiles(folder))
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(each));
        }

        // What somebody else has made may be for others too.
        Assert.Equal(isThereAlready, File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherRead));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_told_as_such()
    {
        await File.WriteAllTextAsync(_folder.DatabaseFile, string.Concat(Enumerable.Repeat("not a database ", 100)));

        var refused = await Assert.ThrowsAsync<EmulatorStartException>(() => StartAsync());

        Assert.Contains("move the file away", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE clock SET wall = 9223372036854775807")]
    [InlineData("UPDATE messages SET enqueued = -1")]
    [InlineData("UPDATE messages SET queue = 99")]
    [InlineData("UPDATE duplicates SET id = x'00'")]
    [InlineData("DROP TABLE messages")]
    public async Task A_database_with_a_damaged_row_is_told_as_such(string damage)
    {
        await using (var running = await StartAsync())
        await using (var peer = await AmqpPeer.ConnectAsync(running.Port))
        {
            await peer.SendAsync("deliveries", AmqpPeer.Text("body"));
        }

        Execute(damage);

        var refused = await Assert.ThrowsAsync<EmulatorStartException>(() => StartAsync());

        Assert.StartsWith(
            $"The Service Bus emulator cannot use '{_folder.DatabaseFile}', which is damaged or not its own (",
            refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task A_database_of_another_format_is_left_alone()
    {
        await using (await StartAsync())
        {
        }

        Execute("PRAGMA user_version = 99");

        var refused = await Assert.ThrowsAsync<EmulatorStartException>(() => StartAsync());

        Assert.Contains("format 99", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, """
        ALTER TABLE queues ADD COLUMN last_sequence INTEGER NOT NULL DEFAULT 0;
        UPDATE queues SET last_sequence = coalesce((SELECT last FROM sequences WHERE queue = id), 0);
        DROP TABLE sequences;
        """)]
    [InlineData(2, "")]
    public async Task A_database_of_an_earlier_format_is_taken_over_with_its_counters(int format, string changes)
    {
        await using (var running = await StartAsync())
        await using (var peer = await AmqpPeer.ConnectAsync(running.Port))
        {
            await peer.SendAsync("deliveries", AmqpPeer.Text("gone"));
            await peer.SendAsync("deliveries", AmqpPeer.Text("kept"));
            await peer.ReceiveAsync("deliveries", deleting: true);
        }

        Execute($"{changes} DROP TABLE locks; PRAGMA user_version = {format};");

        await using var again = await StartAsync();
        await using var after = await AmqpPeer.ConnectAsync(again.Port);
        await after.SendAsync("deliveries", AmqpPeer.Text("next"));
        Assert.Equal(
            [("kept", 2L), ("next", 3L)],
            (await after.PeekAsync("deliveries")).Select(m => (
                (string)m.Body, (long)m.MessageAnnotations[new Amqp.Types.Symbol("x-opt-sequence-number")])));
    }

    [Fact]
    public async Task A_broken_config_file_is_told_with_its_name()
    {
        await File.WriteAllTextAsync(_folder.ConfigFile, "{ \"UserConfig\": ");

        var refused = await Assert.ThrowsAsync<EmulatorStartException>(() => StartAsync());

        Assert.Contains(_folder.ConfigFile, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_config_file_is_told_with_its_name()
    {
        File.Delete(_folder.ConfigFile);

        var refused = await Assert.ThrowsAsync<EmulatorStartException>(() => StartAsync());

        Assert.Contains(_folder.ConfigFile, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    public Task A_clock_speed_out_of_its_range_is_refused(double clockSpeed) =>
        Assert.ThrowsAsync<EmulatorStartException>(() => StartAsync(clockSpeed));

    public void Dispose() => _folder.Dispose();

    void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.DatabaseFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    Task<ServiceBusEmulator> StartAsync(double clockSpeed = 1) => ServiceBusEmulator.StartAsync(
        new ServiceBusEmulatorOptions
        {
            ConfigFile = _folder.ConfigFile,
            DatabaseFile = _folder.DatabaseFile,
            ClockSpeed = clockSpeed,
        },
        TimeProvider.System,
        NullLoggerFactory.Instance,
        CancellationToken.None);
}
