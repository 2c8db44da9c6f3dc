using Amqp.Framing;
using Amqp.Types;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Durability;

public class RestartTests
{
    const string Queue = "deliveries";

    [Fact]
    public async Task Every_state_a_message_can_be_in_is_there_again_and_locks_are_free_and_counted()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using (var peer = await emulator.ConnectAsync())
        {
            foreach (var body in new[] { "deferred", "dead", "abandoned", "locked", "active" })
            {
                await peer.SendAsync(Queue, AmqpPeer.Text(body));
            }

            var scheduled = AmqpPeer.Text("scheduled");
            scheduled.MessageAnnotations =
                new MessageAnnotations
                {
                    [new Symbol("x-opt-scheduled-enqueue-time")] =
                emulator.Time.GetUtcNow().UtcDateTime.AddHours(1)
                };
            await peer.SendAsync(Queue, scheduled);
            Assert.Equal(200, await peer.SettleAsync(Queue, await peer.ReceiveAsync(Queue), "defered"));
            Assert.Equal(200, await peer.SettleAsync(Queue, await peer.ReceiveAsync(Queue), "suspended"));
            Assert.Equal(200, await peer.SettleAsync(Queue, await peer.ReceiveAsync(Queue), "abandoned"));
            await AmqpPeer.NextAsync(peer.Receiver(Queue, credit: 2));
        }

        await emulator.RestartAsync();

        await using var after = await emulator.ConnectAsync();
        var messages = await after.PeekAsync(Queue);
        Assert.Equal(["deferred", "abandoned", "locked", "active", "scheduled"], messages.Select(m => m.Body));
        Assert.Equal([1u, 2u, 1u, 0u, 0u], messages.Select(m => m.Header.DeliveryCount));
        Assert.Equal("dead", Assert.Single(await after.PeekAsync($"{Queue}/$deadletterqueue")).Body);
        foreach (var body in new[] { "abandoned", "locked", "active" })
        {
            Assert.Equal(body, (await after.ReceiveAsync(Queue, deleting: true)).Body);
        }

        var waiting = after.Receiver(Queue);
        emulator.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("scheduled", (await AmqpPeer.NextAsync(waiting)).Body);
    }

    [Fact]
    public async Task What_its_holders_die_over_is_a_dead_letter_in_the_end()
    {
        await using var emulator = await RunningEmulator.StartAsync(
            StateFolder.Queue(Queue, "\"MaxDeliveryCount\": 2"));
        await using (var peer = await emulator.ConnectAsync())
        {
            await peer.SendAsync(Queue, AmqpPeer.Text("deadly"));
        }

        for (var life = 0u; life < 2; life++)
        {
            await using (var peer = await emulator.ConnectAsync())
            {
                Assert.Equal(life, (await peer.ReceiveAsync(Queue)).Header.DeliveryCount);
            }

            await emulator.RestartAsync();
        }

        await using var after = await emulator.ConnectAsync();
        Assert.Equal(
            "MaxDeliveryCountExceeded",
            (await after.ReceiveAsync($"{Queue}/$deadletterqueue")).ApplicationProperties["DeadLetterReason"]);
    }

    [Fact]
    public async Task What_nobody_held_any_more_is_not_counted_again()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using (var peer = await emulator.ConnectAsync())
        {
            await peer.SendAsync(Queue, AmqpPeer.Text("released"));
            var receiver = peer.Receiver(Queue);
            receiver.Release(await AmqpPeer.NextAsync(receiver));
            await receiver.CloseAsync();
            await peer.ReceiveAsync(Queue);
            emulator.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(1u, (await peer.ReceiveAsync(Queue)).Header.DeliveryCount);
        }

        await emulator.RestartAsync();
        await emulator.RestartAsync();

        await using var after = await emulator.ConnectAsync();
        Assert.Equal(2u, (await after.ReceiveAsync(Queue)).Header.DeliveryCount);
    }

    [Fact]
    public async Task What_fell_due_while_it_was_down_is_done_at_the_start()
    {
        await using var emulator = await RunningEmulator.StartAsync(
            StateFolder.Queue(
                Queue, "\"DefaultMessageTimeToLive\": \"PT1H\", \"DeadLetteringOnMessageExpiration\": true"));
        await using (var peer = await emulator.ConnectAsync())
        {
            await peer.SendAsync(Queue, AmqpPeer.Text("expired"));
        }

        await emulator.Emulator.DisposeAsync();
        emulator.Time.Advance(TimeSpan.FromHours(1));
        await emulator.StartAsync();

        await using var after = await emulator.ConnectAsync();
        Assert.Equal(
            "TTLExpiredException",
            (await after.ReceiveAsync($"{Queue}/$deadletterqueue")).ApplicationProperties["DeadLetterReason"]);
    }

    [Fact]
    public async Task Numbers_and_message_ids_are_not_given_twice_across_a_restart()
    {
        await using var emulator = await RunningEmulator.StartAsync(
            StateFolder.Queue(Queue, "\"RequiresDuplicateDetection\": true"));
        await using (var peer = await emulator.ConnectAsync())
        {
            await peer.SendAsync(Queue, AmqpPeer.Text("first", "a"));
            Assert.Equal(200, await peer.SettleAsync(Queue, await peer.ReceiveAsync(Queue), "completed"));
        }

        await emulator.RestartAsync();

        await using var after = await emulator.ConnectAsync();
        await after.SendAsync(Queue, AmqpPeer.Text("again", "a"));
        await after.SendAsync(Queue, AmqpPeer.Text("second", "b"));
        var only = Assert.Single(await after.PeekAsync(Queue));
        Assert.Equal("second", only.Body);
        Assert.True((long)only.MessageAnnotations[new Symbol("x-opt-sequence-number")] > 1);
    }

    [Fact]
    public async Task The_fast_clock_goes_on_where_it_was_and_a_message_id_is_forgotten_in_its_time()
    {
        await using var emulator = await RunningEmulator.StartAsync(
            StateFolder.Queue(
                Queue, "\"RequiresDuplicateDetection\": true, \"DuplicateDetectionHistoryTimeWindow\": \"PT1H\""),
                clockSpeed: 60);
        await using (var peer = await emulator.ConnectAsync())
        {
            await peer.SendAsync(Queue, AmqpPeer.Text("first", "a"));
        }

        emulator.Time.Advance(TimeSpan.FromSeconds(59));
        await emulator.RestartAsync(clockSpeed: 60);
        await using var after = await emulator.ConnectAsync();
        await after.SendAsync(Queue, AmqpPeer.Text("dropped", "a"));
        emulator.Time.Advance(TimeSpan.FromSeconds(1));
        await after.SendAsync(Queue, AmqpPeer.Text("second", "a"));

        Assert.Equal(["first", "second"], (await after.PeekAsync(Queue)).Select(m => m.Body));
    }

    [Fact]
    public async Task Queues_that_are_declared_no_longer_keep_their_messages_for_when_they_are_again()
    {
        await using var emulator = await RunningEmulator.StartAsync(
            $"{StateFolder.Queue(Queue)}, {StateFolder.Queue("jobs")}");
        var declared = await File.ReadAllTextAsync(emulator.Folder.ConfigFile);
        await using (var peer = await emulator.ConnectAsync())
        {
            await peer.SendAsync("jobs", AmqpPeer.Text("kept"));
        }

        await File.WriteAllTextAsync(
            emulator.Folder.ConfigFile, declared.Replace("\"jobs\"", "\"other\"", StringComparison.Ordinal));
        await emulator.RestartAsync();
        await File.WriteAllTextAsync(emulator.Folder.ConfigFile, declared);
        await emulator.RestartAsync();

        await using var after = await emulator.ConnectAsync();
        Assert.Equal("kept", (await after.ReceiveAsync("jobs")).Body);
    }
}
