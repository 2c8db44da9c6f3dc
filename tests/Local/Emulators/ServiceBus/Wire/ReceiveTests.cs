using Amqp.Framing;
using Amqp.Types;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

public class ReceiveTests
{
    const string Queue = "deliveries";

    static readonly TimeSpan LockDuration = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task No_more_messages_come_than_credit_was_given()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, AmqpPeer.Batch(Enumerable.Range(0, 5).Select(i => AmqpPeer.Text($"{i}"))));
        var came = 0;
        var receiver = peer.Receiver(Queue, credit: 0);
        var both = new TaskCompletionSource();
        receiver.Start(2, (_, _) =>
        {
            if (Interlocked.Increment(ref came) == 2)
            {
                both.TrySetResult();
            }
        });
        await both.Task.Soon();

        // The three others are still there for somebody else, in order.
        var other = peer.Receiver(Queue, credit: 3);
        Assert.Equal("2", (await AmqpPeer.NextAsync(other)).Body);
        Assert.Equal("3", (await AmqpPeer.NextAsync(other)).Body);
        Assert.Equal("4", (await AmqpPeer.NextAsync(other)).Body);
        Assert.Equal(2, came);
    }

    [Fact]
    public async Task What_expires_as_it_is_given_back_comes_to_who_waits_for_dead_letters()
    {
        await using var emulator = await RunningEmulator.StartAsync(
            StateFolder.Queue(Queue, """ "DeadLetteringOnMessageExpiration": true """));
        await using var peer = await emulator.ConnectAsync();
        var message = AmqpPeer.Text("body");
        message.Header = new Header { Ttl = 1000 };
        await peer.SendAsync(Queue, message);
        var receiver = peer.Receiver(Queue, credit: 2);
        var held = await AmqpPeer.NextAsync(receiver);
        var deadLetters = peer.Receiver($"{Queue}/$deadletterqueue");
        emulator.Time.Advance(TimeSpan.FromSeconds(1));

        receiver.Release(held);

        Assert.Equal("body", (await AmqpPeer.NextAsync(deadLetters)).Body);
    }

    [Fact]
    public async Task The_delivery_tag_is_the_lock_token_and_the_annotations_tell_number_and_times()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, AmqpPeer.Text("body"));

        var message = await peer.ReceiveAsync(Queue);

        var now = emulator.Time.GetUtcNow().UtcDateTime;
        Assert.Equal(16, message.DeliveryTag.Length);
        Assert.True(message.Header.HasField(4));
        Assert.Equal(0u, message.Header.DeliveryCount);
        Assert.Equal(1L, message.MessageAnnotations[new Symbol("x-opt-sequence-number")]);
        Assert.Equal(now, message.MessageAnnotations[new Symbol("x-opt-enqueued-time")]);
        Assert.Equal(now + LockDuration, message.MessageAnnotations[new Symbol("x-opt-locked-until")]);
    }

    [Fact]
    public async Task A_lock_outlives_its_link_and_runs_out_by_the_clock()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, AmqpPeer.Text("body"));
        var message = await peer.ReceiveAsync(Queue);
        var waiting = peer.Receiver(Queue);
        emulator.Time.Advance(LockDuration);

        var again = await AmqpPeer.NextAsync(waiting);

        Assert.Equal(1u, again.Header.DeliveryCount);
        Assert.Equal(410, await peer.SettleAsync(Queue, message, "completed"));
        Assert.Equal(200, await peer.SettleAsync(Queue, again, "completed"));
        Assert.Empty(await peer.PeekAsync(Queue));
    }

    [Fact]
    public async Task A_client_that_vanishes_gives_nothing_back_before_its_locks_run_out()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using (var gone = await emulator.ConnectAsync())
        {
            await gone.SendAsync(Queue, AmqpPeer.Text("body"));
            await AmqpPeer.NextAsync(gone.Receiver(Queue, credit: 10));
        }

        await using var peer = await emulator.ConnectAsync();
        var waiting = peer.Receiver(Queue, credit: 10);
        await peer.SendAsync(Queue, AmqpPeer.Text("second"));
        Assert.Equal("second", (await AmqpPeer.NextAsync(waiting)).Body);

        emulator.Time.Advance(LockDuration);

        Assert.Equal("body", (await AmqpPeer.NextAsync(waiting)).Body);
    }

    [Fact]
    public async Task A_message_received_and_deleted_is_gone_and_carries_no_lock()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, AmqpPeer.Text("body"));

        var message = await peer.ReceiveAsync(Queue, deleting: true);

        Assert.Equal("body", message.Body);
        Assert.False(message.MessageAnnotations.Map.ContainsKey(new Symbol("x-opt-locked-until")));
        Assert.Empty(await peer.PeekAsync(Queue));
    }

    [Theory]
    [InlineData(true, 410, 1u)]
    [InlineData(false, 200, null)]
    public async Task A_lock_may_be_lost_with_its_link_and_the_message_comes_again_counted_when_it_would_have_ended(
        bool locksEndWithLink, int status, uint? deliveries)
    {
        await using var emulator = await RunningEmulator.StartAsync(locksEndWithLink: locksEndWithLink);
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, AmqpPeer.Text("body"));

        // On a link that is closed then.
        var held = await peer.ReceiveAsync(Queue);

        Assert.Equal(status, await peer.SettleAsync(Queue, held, "completed"));
        var waiting = peer.Receiver(Queue);
        await peer.SendAsync(Queue, AmqpPeer.Text("next"));
        Assert.Equal("next", (await AmqpPeer.NextAsync(waiting)).Body);
        emulator.Time.Advance(TimeSpan.FromMinutes(1));
        var left = (await peer.PeekAsync(Queue)).FirstOrDefault(message => message.Body is "body");
        Assert.Equal(deliveries, left?.Header.DeliveryCount);
    }

    [Fact]
    public async Task Rejecting_dead_letters_with_the_properties_that_came_along()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, AmqpPeer.Text("body"));
        var receiver = peer.Receiver(Queue);
        var info =
            new Fields
            {
                [new Symbol("DeadLetterReason")] = "InvalidEvent",
                [new Symbol("DeadLetterErrorDescription")] = "No timestamp."
            };

        receiver.Reject(await AmqpPeer.NextAsync(receiver), new Error("com.microsoft:dead-letter") { Info = info });

        var dead = await peer.ReceiveAsync($"{Queue}/$DeadLetterQueue");
        Assert.Equal("InvalidEvent", dead.ApplicationProperties["DeadLetterReason"]);
        Assert.Equal("No timestamp.", dead.ApplicationProperties["DeadLetterErrorDescription"]);
        Assert.False(dead.MessageAnnotations.Map.ContainsKey(new Symbol("x-opt-deadletter-source")));
        Assert.Equal("body", dead.Body);
    }

    [Fact]
    public async Task Modifying_abandons_and_sets_properties_even_for_one_who_receives_and_deletes_right_then()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, AmqpPeer.Text("body"));
        var receiver = peer.Receiver(Queue);
        var message = await AmqpPeer.NextAsync(receiver);
        var waiting = peer.Receiver(Queue, deleting: true);

        receiver.Modify(
            message, deliveryFailed: true, undeliverableHere: false, new Fields { [new Symbol("note")] = "try again" });

        var again = await AmqpPeer.NextAsync(waiting);
        Assert.Equal((1u, "try again"), (again.Header.DeliveryCount, again.ApplicationProperties["note"]));
    }

    [Fact]
    public async Task A_scheduled_message_comes_when_its_time_has_come_by_the_clock()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        var due = emulator.Time.GetUtcNow().UtcDateTime.AddMinutes(5);
        var message = AmqpPeer.Text("later");
        message.MessageAnnotations = new MessageAnnotations { [new Symbol("x-opt-scheduled-enqueue-time")] = due };
        await peer.SendAsync(Queue, message);
        Assert.Equal(
            2, Assert.Single(await peer.PeekAsync(Queue)).MessageAnnotations[new Symbol("x-opt-message-state")]);
        var waiting = peer.Receiver(Queue);

        emulator.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(due, (await AmqpPeer.NextAsync(waiting)).MessageAnnotations[new Symbol("x-opt-enqueued-time")]);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 60)]
    public async Task A_faster_clock_shortens_durations_but_real_locks_and_leaves_timestamps_real(
        bool realLocks, int seconds)
    {
        await using var emulator = await RunningEmulator.StartAsync(clockSpeed: 60, realLocks: realLocks);
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, AmqpPeer.Text("body"));
        var message = await peer.ReceiveAsync(Queue);
        Assert.Equal(
            emulator.Time.GetUtcNow().UtcDateTime.AddSeconds(seconds),
            message.MessageAnnotations[new Symbol("x-opt-locked-until")]);
        var waiting = peer.Receiver(Queue);

        emulator.Time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(1u, (await AmqpPeer.NextAsync(waiting)).Header.DeliveryCount);
    }
}
