using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Atrium.Local.Emulators.ServiceBus;
using Atrium.Local.Emulators.ServiceBus.Queues;
using Atrium.Local.Emulators.ServiceBus.Storage;
using Atrium.Local.Emulators.ServiceBus.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Durability;

public sealed class FailedCommitTests : IAsyncDisposable
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 4, 15, 9, 30, 0, TimeSpan.Zero));
    readonly StateFolder _folder = new();
    readonly Broker _broker;
    readonly QueueEntity _queue;

    public FailedCommitTests()
    {
        _broker = new Broker(
            [new QueueSettings("deliveries")], new MessageStore(_folder.DatabaseFile), new OperationMeter(0),
            LoadLimits.None, 1, _time, NullLogger.Instance);
        _queue = _broker.Find("deliveries")!;
        _broker.Start();
    }

    [Fact]
    public async Task A_group_that_fails_is_undone_as_a_whole_and_its_clients_are_told()
    {
        Assert.True(await SendAsync("kept", fail: false));

        Assert.False(await SendAsync("lost", fail: true));
        Assert.True(await SendAsync("next", fail: false));

        Assert.Equal([1L, 2L], await AskAsync(now => _queue.State.Peek(0, now).Select(m => m.SequenceNumber).ToList()));
    }

    [Fact]
    public async Task What_was_on_disk_before_can_be_received_afterwards()
    {
        await SendAsync("kept", fail: false);
        await SendAsync("lost", fail: true);

        var content = await AskAsync(now => _broker.Content(_queue.State.TakeNext(locking: true, now)!));

        Assert.Equal("kept", Message.Decode(AmqpBytes.Buffer(content)).Properties.MessageId);
    }

    [Fact]
    public async Task A_settlement_is_not_answered_before_the_commit_that_holds_it()
    {
        await SendAsync("kept", fail: false);
        var token = await AskAsync(now => _queue.State.TakeNext(locking: true, now)!.LockToken);
        using var gathered = new ManualResetEventSlim();
        var answer = new TaskCompletionSource<Message>(TaskCreationOptions.RunContinuationsAsynchronously);

        // The first command holds the loop until all three stand in one group; the last makes the group fail.
        _broker.Post(_ => gathered.Wait());
        var management = new ManagementEndpoint(_broker, _queue, MessageLimits.Of(ServiceBusTier.Standard));
        management.Handle(Complete(token), answer.SetResult);
        _broker.Post(_ => throw new IOException("The disk is full."));
        gathered.Set();

        Assert.Equal(500, (await answer.Task).ApplicationProperties["statusCode"]);
        Assert.Equal(1, await AskAsync(_ => _queue.State.Count));
    }

    [Fact]
    public async Task Who_held_a_message_before_still_settles_it()
    {
        await SendAsync("kept", fail: false);
        var token = await AskAsync(now => _queue.State.TakeNext(locking: true, now)!.LockToken);
        await SendAsync("lost", fail: true);

        Assert.Equal(
            SettlementResult.Settled,
            await AskAsync(now => _queue.State.Settle(token, new Settlement.Complete(), now)));
    }

    [Fact]
    public async Task A_settlement_that_is_undone_leaves_the_message_with_its_holder_until_the_delivery_is_counted()
    {
        await SendAsync("kept", fail: false);
        var token = await AskAsync(now => _queue.State.TakeNext(locking: true, now)!.LockToken);
        await FailAsync(now => _queue.State.Settle(token, new Settlement.Complete(), now));
        Assert.Null(await AskAsync(now => _queue.State.TakeNext(locking: true, now)));

        _time.Advance(_queue.State.Settings.LockDuration);

        Assert.Equal(1, await AskAsync(now => _queue.State.TakeNext(locking: true, now)?.DeliveryCount));
    }

    [Fact]
    public async Task What_nobody_was_sent_is_free_again()
    {
        await SendAsync("kept", fail: false);
        await FailAsync(now => _queue.State.TakeNext(locking: true, now));

        Assert.NotNull(await AskAsync(now => _queue.State.TakeNext(locking: true, now)));
    }

    [Fact]
    public async Task What_was_asked_just_before_the_stop_is_done_and_said_to_be()
    {
        using var gathered = new ManualResetEventSlim();

        // The first command holds the loop until the send and the stop stand in one group.
        _broker.Post(_ => gathered.Wait());
        var told = SendAsync("last", fail: false);
        var stopped = _broker.DisposeAsync();
        gathered.Set();
        await stopped;

        Assert.True(await told);
        using var store = new MessageStore(_folder.DatabaseFile);
        Assert.Single(store.Load(["deliveries"]).Queues["deliveries"].Messages);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    Task<bool> SendAsync(string messageId, bool fail) => GroupAsync(
        now => _broker.Enqueue(
            _queue, IncomingMessage.Parse(AmqpBytes.Span(AmqpPeer.Text("body", messageId).Encode()).ToArray()), now),
        fail);

    async Task FailAsync(Action<Moment> command) => Assert.False(await GroupAsync(command, fail: true));

    Task<bool> GroupAsync(Action<Moment> command, bool fail)
    {
        var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _broker.Post(
            now =>
            {
                command(now);
                if (fail)
                {
                    throw new IOException("The disk is full.");
                }
            },
            told.SetResult);
        return told.Task;
    }

    static Message Complete(Guid token) => new()
    {
        ApplicationProperties = new ApplicationProperties { ["operation"] = "com.microsoft:update-disposition" },
        BodySection =
            new AmqpValue
            {
                Value = new Map { ["lock-tokens"] = new[] { token }, ["disposition-status"] = "completed" },
            },
    };

    // Answered after the commit, so that what is asked next cannot come into the same group.
    async Task<T> AskAsync<T>(Func<Moment, T> question)
    {
        var answer = default(T);
        Assert.True(await GroupAsync(now => answer = question(now), fail: false));
        return answer!;
    }
}
