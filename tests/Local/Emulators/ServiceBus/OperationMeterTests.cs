using System.Collections.Concurrent;
using Amqp.Types;
using Atrium.Metering;

namespace Atrium.Local.Emulators.Tests.ServiceBus;

public sealed class OperationMeterTests : IAsyncLifetime, IDisposable
{
    const string Dead = "deliveries/$deadletterqueue";

    readonly ConcurrentDictionary<(string Operation, string Entity), long> _counted = new();
    RunningEmulator _running = null!;
    readonly ConcurrentDictionary<(string Operation, string Entity), long> _credits = new();
    OperationListener _listener = null!;
    OperationListener _creditListener = null!;
    AmqpPeer _peer = null!;

    public async Task InitializeAsync()
    {
        _running = await RunningEmulator.StartAsync();
        _listener = new(
            _running.Emulator.Port,
            (operation, entity, count) => _counted.AddOrUpdate((operation, entity), count, (_, sum) => sum + count));
        _creditListener = new(
            _running.Emulator.Port,
            (operation, entity, count) => _credits.AddOrUpdate((operation, entity), count, (_, sum) => sum + count),
            OperationListener.Credits);
        _peer = await _running.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        await _peer.DisposeAsync();
        await _running.DisposeAsync();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _creditListener.Dispose();
    }

    [Fact]
    public async Task A_message_that_is_sent_received_and_settled_is_three_operations()
    {
        await _peer.SendAsync("deliveries", AmqpPeer.Text("body"));
        await _peer.SettleAsync("deliveries", await _peer.ReceiveAsync("deliveries"), "suspended");
        await _peer.SettleAsync(Dead, await _peer.ReceiveAsync(Dead), "completed");

        AssertCounted(
            ("send", "deliveries", 1), ("receive", "deliveries", 1), ("dead-letter", "deliveries", 1),
            ("receive", Dead, 1), ("complete", Dead, 1));
    }

    [Fact]
    public async Task Each_message_of_a_batch_counts_and_a_long_one_for_each_64_KB_that_it_begins()
    {
        await _peer.SendAsync(
            "deliveries", AmqpPeer.Batch(AmqpPeer.Text("body"), AmqpPeer.Text(new string('x', 129 * 1024))));
        await _peer.ReceiveAsync("deliveries", deleting: true);
        await _peer.ReceiveAsync("deliveries", deleting: true);

        AssertCounted(("send", "deliveries", 1 + 3), ("receive", "deliveries", 1 + 3));
    }

    [Fact]
    public async Task A_peek_and_a_renewal_are_one_each_and_to_wait_at_an_empty_queue_is_none()
    {
        await _peer.SendAsync("deliveries", AmqpPeer.Text("body"));
        var message = await _peer.ReceiveAsync("deliveries");
        await _peer.PeekAsync("deliveries");
        await _peer.RequestAsync(
            "deliveries", "renew-lock", new Map { ["lock-tokens"] = new[] { new Guid(message.DeliveryTag) } });
        await _peer.Receiver("deliveries").CloseAsync();

        AssertCounted(
            ("send", "deliveries", 1), ("receive", "deliveries", 1), ("peek", "deliveries", 1),
            ("renew-lock", "deliveries", 1));
    }

    [Fact]
    public async Task What_is_refused_since_the_lock_is_lost_counts_for_nothing()
    {
        await _peer.SendAsync("deliveries", AmqpPeer.Text("body"));
        var message = await _peer.ReceiveAsync("deliveries");
        await _peer.SettleAsync("deliveries", message, "completed");
        var token = new Guid(message.DeliveryTag);
        await _peer.RequestAsync("deliveries", "renew-lock", new Map { ["lock-tokens"] = new[] { token } });
        await _peer.RequestAsync(
            "deliveries", "update-disposition",
            new Map { ["disposition-status"] = "completed", ["lock-tokens"] = new[] { token } });

        AssertCounted(("send", "deliveries", 1), ("receive", "deliveries", 1), ("complete", "deliveries", 1));
    }

    [Fact]
    public async Task A_credit_is_counted_for_each_message_over_the_wire_whatever_its_size_and_none_to_settle()
    {
        await _peer.SendAsync(
            "deliveries", AmqpPeer.Batch(AmqpPeer.Text("body"), AmqpPeer.Text(new string('x', 129 * 1024))));
        await _peer.PeekAsync("deliveries");
        var message = await _peer.ReceiveAsync("deliveries");
        await _peer.RequestAsync(
            "deliveries", "renew-lock", new Map { ["lock-tokens"] = new[] { new Guid(message.DeliveryTag) } });
        await _peer.SettleAsync("deliveries", message, "defered");
        await _peer.SettleAsync("deliveries", await _peer.ReceiveAsync("deliveries"), "suspended");
        await _peer.RequestAsync(
            "deliveries", "receive-by-sequence-number",
            new Map { ["sequence-numbers"] = new List { 1L }, ["receiver-settle-mode"] = 1u });
        await _peer.PeekAsync("deliveries", from: 100);
        await _peer.PeekAsync(Dead);

        Assert.Equal(
            [
                (("peek", "deliveries"), 2 + 1), (("peek", Dead), 1), (("receive", "deliveries"), 2),
                (("receive-deferred", "deliveries"), 1), (("send", "deliveries"), 2L),
            ],
            _credits.Select(counted => (counted.Key, counted.Value)).OrderBy(c => c.Key));
    }

    [Fact]
    public async Task Another_emulator_s_operations_are_in_its_own_meter()
    {
        await using var other = await RunningEmulator.StartAsync();
        await using var peer = await other.ConnectAsync();
        await peer.SendAsync("deliveries", AmqpPeer.Text("body"));

        AssertCounted();
    }

    void AssertCounted(params IEnumerable<(string Operation, string Entity, long Count)> expected) =>
        Assert.Equal(
            expected.Order(),
            _counted.Select(counted => (counted.Key.Operation, counted.Key.Entity, counted.Value)).Order());
}
