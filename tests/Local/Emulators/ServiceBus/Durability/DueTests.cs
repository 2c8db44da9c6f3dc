using Atrium.Local.Emulators.ServiceBus;
using Atrium.Local.Emulators.ServiceBus.Queues;
using Atrium.Local.Emulators.ServiceBus.Storage;
using Atrium.Local.Emulators.Tests.JavaScript;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Durability;

/// <summary>What falls due while the clock, or the disk, is not as it should be.</summary>
public sealed class DueTests : IDisposable
{
    /// <summary>More questions than groups that one change of the clock can bring about.</summary>
    const int Questions = 4;

    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 4, 15, 9, 30, 0, TimeSpan.Zero));
    readonly StateFolder _folder = new();
    readonly BrokerLog _log = new();
    int _sent;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_clock_that_jumps_is_noticed_within_ten_seconds()
    {
        await using var broker = Start();
        await SendAsync(broker, TimeSpan.FromHours(3));

        // As after a sleep: timers do not see it.
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromHours(4));
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.True(await HasReadyAsync(broker));
    }

    [Fact]
    public async Task On_a_full_disk_what_is_due_is_tried_again_after_pauses_that_grow_and_told_once_a_minute()
    {
        FillUntil(messages: 2);
        await using var broker = Start();
        await SendAsync(broker, TimeSpan.FromMinutes(1));
        await PassAsync(broker, TimeSpan.FromMinutes(1));
        Assert.Equal(1, Failures);

        int[] pauses = [1, 2, 4, 8, 10, 10, 10, 10];
        foreach (var (more, pause) in pauses.Index())
        {
            await PassAsync(broker, TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(1 + more, Failures);
            await PassAsync(broker, TimeSpan.FromMilliseconds(1));
            Assert.Equal(2 + more, Failures);
        }

        Assert.Equal(1, Lines("could not commit"));
        await PassAsync(broker, TimeSpan.FromSeconds(10));
        Assert.Equal(1, Lines("could not commit, and 8 times more"));
    }

    [Fact]
    public async Task When_the_disk_has_room_again_what_was_due_comes()
    {
        FillUntil(messages: 2);
        await using var broker = Start();
        await SendAsync(broker, TimeSpan.FromMinutes(1));
        await PassAsync(broker, TimeSpan.FromMinutes(1));
        Assert.False(await HasReadyAsync(broker));

        await SendAsync(broker, TimeSpan.FromHours(1));
        await PassAsync(broker, TimeSpan.FromSeconds(1));

        Assert.True(await HasReadyAsync(broker));
    }

    // Each failure takes the queues from disk, as the start does.
    int Failures => Lines("are in the queues") - 1;

    int Lines(string part) =>
        _log.ToString().Split('\n').Count(line => line.Contains(part, StringComparison.Ordinal));

    Broker Start()
    {
        var broker = new Broker(
            [new QueueSettings("deliveries")], new MessageStore(_folder.DatabaseFile), new OperationMeter(0),
            LoadLimits.None, 1, _time, _log);
        broker.Start();
        return broker;
    }

    // New messages find room, but no message can be changed before there are so many.
    void FillUntil(int messages)
    {
        new MessageStore(_folder.DatabaseFile).Dispose();
        using var connection = new SqliteConnection($"Data Source={_folder.DatabaseFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            $"CREATE TRIGGER full BEFORE UPDATE ON messages WHEN (SELECT count(*) FROM messages) < {messages} "
            + "BEGIN SELECT RAISE(ABORT, 'The disk is full.'); END";
        command.ExecuteNonQuery();
    }

    async Task SendAsync(Broker broker, TimeSpan wait)
    {
        var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        broker.Post(now =>
        {
            broker.Enqueue(
                broker.Find("deliveries")!, new Arrival([], $"message-{++_sent}", now.Wall + wait, null), now);
            broker.Afterwards(told.SetResult);
        });
        Assert.True(await told.Task);
    }

    // When the last question is answered, the broker has done what the clock brought about, and waits for the clock.
    async Task PassAsync(Broker broker, TimeSpan time)
    {
        _time.Advance(time);
        for (var question = 0; question < Questions; question++)
        {
            await HasReadyAsync(broker);
        }
    }

    static Task<bool> HasReadyAsync(Broker broker)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        broker.Post(_ => answer.SetResult(broker.Find("deliveries")!.State.HasReady));
        return answer.Task;
    }
}
