using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Atrium.Local.Emulators.ServiceBus;
using Atrium.Local.Emulators.Tests.ServiceBus;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

/// <summary>The Standard tier's limits of load, as clients meet them.</summary>
public sealed class LoadLimitTests : IAsyncLifetime
{
    const string Queue = "deliveries";

    /// <summary>A client that has been told to wait does so, for 10 s, before its next operation.</summary>
    static readonly ServiceBusRetryOptions Once = new() { MaxRetries = 0 };

    static readonly int PerSecond = LoadLimits.Standard.CreditsPerSecond;

    RunningEmulator _emulator = null!;

    public async Task InitializeAsync() => _emulator = await RunningEmulator.StartAsync(standardLimits: true);

    public async Task DisposeAsync() => await _emulator.DisposeAsync();

    [Fact]
    public async Task When_the_credits_of_a_second_are_spent_what_costs_is_refused_until_the_next()
    {
        await using var client = _emulator.Client();
        var receiver = client.CreateReceiver(Queue);
        await client.CreateSender(Queue).SendMessagesAsync(Messages.Numbered(3));
        var deferred = await receiver.NextAsync();
        await receiver.DeferMessageAsync(deferred);
        var (first, second) = (await receiver.NextAsync(), await receiver.NextAsync());
        await SpendAsync();

        await RefusedAsync(c => c.CreateSender(Queue).SendMessageAsync(new ServiceBusMessage()));
        await RefusedAsync(c => c.CreateSender(Queue).ScheduleMessageAsync(
            new ServiceBusMessage(), _emulator.Time.GetUtcNow().AddHours(1)));
        await RefusedAsync(c => c.CreateReceiver(Queue).PeekMessageAsync());
        await RefusedAsync(c => c.CreateReceiver(Queue).ReceiveDeferredMessageAsync(deferred.SequenceNumber));
        await receiver.RenewMessageLockAsync(second);
        await receiver.CompleteMessageAsync(first);
        await receiver.AbandonMessageAsync(second);

        _emulator.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(
            "0", (await receiver.ReceiveDeferredMessageAsync(deferred.SequenceNumber)).Body.ToString());
        await client.CreateSender(Queue).SendMessageAsync(new ServiceBusMessage());
    }

    [Fact]
    public async Task A_receiver_waits_for_the_next_second_on_the_link_that_it_has()
    {
        await using var client = _emulator.Client();
        await client.CreateSender(Queue).SendMessagesAsync(Messages.Numbered(2));
        var receiver = client.CreateReceiver(Queue);
        var first = await receiver.NextAsync();
        await SpendAsync();

        var waiting = receiver.NextAsync();
        // Asked for behind it on the same connection, and answered: it costs nothing.
        await receiver.CompleteMessageAsync(first);
        _emulator.Time.Advance(TimeSpan.FromSeconds(1));

        var second = await waiting;
        Assert.Equal(
            ("1", first.LockedUntil.AddSeconds(1)), (second.Body.ToString(), second.LockedUntil));
    }

    [Fact]
    public async Task Without_the_option_no_load_is_too_much()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var client = emulator.Client(Once);
        for (var i = 0; i < 3; i++)
        {
            await client.CreateSender(Queue).SendMessagesAsync(Messages.Numbered(PerSecond));
        }

        Assert.NotEmpty(await client.CreateReceiver(Queue).PeekMessagesAsync(PerSecond));
    }

    [Fact]
    public async Task A_link_with_too_many_unsettled_deliveries_is_detached_by_force_and_the_locks_hold()
    {
        await using var peer = await _emulator.ConnectAsync();
        var all = LoadLimits.Standard.MostUnsettled + 1;
        for (var sent = 0; sent < all; sent += PerSecond)
        {
            var count = Math.Min(PerSecond, all - sent);
            await peer.SendAsync(
                Queue, AmqpPeer.Batch(Enumerable.Range(sent, count).Select(i => AmqpPeer.Text($"{i}"))));
            _emulator.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var receiver = peer.Receiver(Queue, credit: all);
        var detached = new TaskCompletionSource<Error>(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.AddClosedCallback((_, error) => detached.TrySetResult(error));
        var held = new List<Message>();
        while (held.Count < LoadLimits.Standard.MostUnsettled)
        {
            held.Add(await AmqpPeer.NextAsync(receiver));
            _emulator.Time.Advance(TimeSpan.FromMilliseconds(held.Count % PerSecond == 0 ? 1000 : 0));
        }

        Assert.Equal((Symbol)"amqp:link:detach-forced", (await detached.Task).Condition);
        Assert.Equal(200, await peer.SettleAsync(Queue, held[0], "completed"));
        var last = await peer.ReceiveAsync(Queue);
        Assert.Equal(($"{all - 1}", 0u), (last.Body, last.Header.DeliveryCount));
    }

    [Fact]
    public async Task What_is_settled_does_not_count_on_its_link()
    {
        await using var peer = await _emulator.ConnectAsync();
        var receiver = peer.Receiver(Queue, credit: 2 * LoadLimits.Standard.MostUnsettled);
        for (var sent = 0; sent <= LoadLimits.Standard.MostUnsettled; sent += PerSecond / 2)
        {
            await peer.SendAsync(
                Queue, AmqpPeer.Batch(Enumerable.Range(0, PerSecond / 2).Select(i => AmqpPeer.Text($"{i}"))));
            for (var i = 0; i < PerSecond / 2; i++)
            {
                receiver.Accept(await AmqpPeer.NextAsync(receiver));
            }

            _emulator.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(await peer.PeekAsync(Queue));
        Assert.False(receiver.IsClosed);
    }

    /// <summary>Spends what credits there are in this second.</summary>
    async Task SpendAsync()
    {
        await using var client = _emulator.Client(Once);
        await client.CreateSender(Queue).SendMessagesAsync(
            Messages.Numbered(PerSecond).Select(m => new ServiceBusMessage(m.Body)
            {
                ScheduledEnqueueTime = _emulator.Time.GetUtcNow().AddHours(1),
            }));
    }

    async Task RefusedAsync(Func<ServiceBusClient, Task> operation)
    {
        await using var client = _emulator.Client(Once);
        Assert.Equal(ServiceBusFailureReason.ServiceBusy, await Messages.ReasonOf(() => operation(client)));
    }
}
