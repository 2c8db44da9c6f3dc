using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

public sealed class FlowControlTests : IAsyncLifetime
{
    const string Queue = "deliveries";
    const uint Replies = 0, Requests = 1;

    RunningEmulator _emulator = null!;
    AmqpPeer _sender = null!;
    RawPeer _peer = null!;

    public async Task InitializeAsync()
    {
        _emulator = await RunningEmulator.StartAsync();
        _sender = await _emulator.ConnectAsync();
        _peer = await RawPeer.ConnectAsync(_emulator.Emulator.Port);
    }

    public async Task DisposeAsync()
    {
        await _peer.DisposeAsync();
        await _sender.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [Fact]
    public async Task A_drain_is_answered_after_what_is_there_by_one_flow_with_the_count_advanced()
    {
        await SendAsync(2);
        await AttachAsync();

        await _peer.FlowAsync(deliveryCount: 0, credit: 10, drain: true);

        Assert.IsType<Transfer>(await _peer.ReadAsync());
        Assert.IsType<Transfer>(await _peer.ReadAsync());
        var answer = Assert.IsType<Flow>(await _peer.ReadAsync());
        Assert.Equal((10u, 0u, true), (answer.DeliveryCount, answer.LinkCredit, answer.Drain));
        await _peer.FlowAsync(deliveryCount: 10, credit: 1);
        await SendAsync(1);
        Assert.IsType<Transfer>(await _peer.ReadAsync());
    }

    [Fact]
    public async Task Credit_that_comes_right_behind_a_drain_is_not_given_back_with_it()
    {
        await AttachAsync();
        var count = 0u;
        for (var round = 0; round < 200; round++)
        {
            // The second flow goes out before the answer to the first can be here; it allows one more than the first.
            await Task.WhenAll(
                _peer.FlowAsync(count, 3, drain: true),
                _peer.FlowAsync(count, 4));
            await SendAsync(1);
            Flow? answer = null;
            while (await _peer.ReadAsync() is { } frame and not Transfer)
            {
                answer = Assert.IsType<Flow>(frame);
            }

            // Answered before the second flow, or not at all.
            Assert.True(answer is null || answer.DeliveryCount == count + 3, $"{answer?.DeliveryCount} after {count}");
            count += answer is null ? 1u : 4u;
        }
    }

    [Fact]
    public async Task A_flow_that_grants_nothing_new_takes_nothing_away()
    {
        await AttachAsync();
        await _peer.FlowAsync(deliveryCount: 0, credit: 2);
        await _peer.FlowAsync(deliveryCount: 0, credit: 2);

        await SendAsync(2);

        await _peer.ReadAsync<Transfer>();
        await _peer.ReadAsync<Transfer>();
    }

    [Fact]
    public async Task Credit_that_was_taken_back_is_not_used()
    {
        await AttachAsync();
        await _peer.FlowAsync(deliveryCount: 0, credit: 2);
        await _peer.FlowAsync(deliveryCount: 0, credit: 0);
        // Asks for an answer, so that the flows before are known to be read.
        await _peer.FlowAsync(deliveryCount: 0, credit: 0, drain: true);
        await _peer.ReadAsync<Flow>();

        await SendAsync(2);

        Assert.Equal("0", (await _sender.ReceiveAsync(Queue)).Body);
        await _peer.FlowAsync(deliveryCount: 0, credit: 1);
        await _peer.ReadAsync<Transfer>();
    }

    [Fact]
    public async Task A_closed_session_window_holds_messages_up_and_an_opened_one_lets_them_go()
    {
        var first = await _peer.BeginAsync(incomingWindow: 2);
        await _peer.AttachReceiverAsync(Queue);
        await _peer.FlowAsync(first, incomingWindow: 2, deliveryCount: 0, credit: 5);
        await SendAsync(5);
        await _peer.ReadAsync<Transfer>();
        await _peer.ReadAsync<Transfer>();

        // Attaching another link is answered at once, behind any message that would have been sent.
        var source = new Source { Address = Queue };
        await _peer.SendAsync(new Attach { LinkName = "other", Handle = 1, Role = true, Source = source });
        Assert.IsType<Attach>(await _peer.ReadAsync());
        await _peer.FlowAsync(first + 2, incomingWindow: 100, deliveryCount: 2, credit: 3);
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<Transfer>(await _peer.ReadAsync());
        }
    }

    // The library counts a frame after it was written, and may read a flow that answers the frame before that. To it
    // the flow is then one frame ahead, as this one always is. The .NET SDK has no limit to its window.
    [Fact]
    public async Task A_flow_that_is_ahead_of_what_was_counted_holds_no_message_up()
    {
        var next = await _peer.BeginAsync(incomingWindow: uint.MaxValue);
        await _peer.AttachReceiverAsync(Queue);
        await _peer.FlowAsync(next, uint.MaxValue, deliveryCount: 0, credit: 1);
        await SendAsync(1);
        await _peer.ReadAsync<Transfer>();

        await _peer.FlowAsync(next + 2, uint.MaxValue, deliveryCount: 1, credit: 1);
        await SendAsync(1);

        await _peer.ReadAsync<Transfer>();
    }

    [Theory]
    [InlineData(Replies)]
    [InlineData(Requests)]
    public async Task A_flow_that_is_ahead_of_what_was_counted_holds_no_answer_up(uint handle)
    {
        var next = await _peer.BeginAsync(incomingWindow: uint.MaxValue);
        await _peer.AttachReceiverAsync($"{Queue}/$management", Replies, replyTo: "me");
        await _peer.AttachSenderAsync($"{Queue}/$management", Requests);
        await _peer.FlowAsync(next, uint.MaxValue, deliveryCount: 0, credit: 2, handle: Replies);
        await _peer.SendMessageAsync(Requests, Request("1"));
        await _peer.ReadAsync<Transfer>();

        await _peer.FlowAsync(next + 2, uint.MaxValue, deliveryCount: 1, credit: 1, handle: handle);
        await _peer.SendMessageAsync(Requests, Request("2"));

        await _peer.ReadAsync<Transfer>();
    }

    [Theory]
    [InlineData("$cbs")]
    [InlineData($"{Queue}/$management")]
    public async Task An_answer_waits_for_credit(string address)
    {
        await _peer.BeginAsync();
        await _peer.AttachReceiverAsync(address, handle: 0, replyTo: "me");
        await _peer.AttachSenderAsync(address, handle: 1);
        for (var i = 0; i < 2; i++)
        {
            await _peer.SendMessageAsync(handle: 1, Request($"{i}"));
        }

        // A drain is answered at once: nothing was sent before it.
        await _peer.FlowAsync(deliveryCount: 0, credit: 0, drain: true);
        Assert.Equal(0u, Assert.IsType<Flow>(await _peer.ReadAsync()).DeliveryCount);
        await _peer.FlowAsync(deliveryCount: 0, credit: 1);
        await _peer.ReadAsync<Transfer>();
        await _peer.FlowAsync(deliveryCount: 1, credit: 0, drain: true);
        Assert.IsType<Flow>(await _peer.ReadAsync());
        await _peer.FlowAsync(deliveryCount: 1, credit: 10);
        await _peer.ReadAsync<Transfer>();
    }

    [Fact]
    public async Task A_link_that_closes_gives_back_what_it_was_promised_and_not_sent()
    {
        await AttachAsync();
        await _peer.FlowAsync(deliveryCount: 0, credit: 100);
        var sending = Task.WhenAll(Enumerable.Range(0, 100).Select(_ => SendAsync(1)));
        await _peer.ReadAsync<Transfer>();
        await _peer.SendAsync(new Detach { Handle = 0, Closed = true });
        await sending;

        // What was sent stays locked: together with what is ready it is all there.
        var peeked = await _sender.PeekAsync(Queue);
        Assert.Equal(100, peeked.Count);
        _emulator.Time.Advance(TimeSpan.FromMinutes(1));
        var receiver = _sender.Receiver(Queue, credit: 100);
        for (var i = 0; i < 100; i++)
        {
            await AmqpPeer.NextAsync(receiver);
        }
    }

    static Message Request(string id) => new()
    {
        Properties = new Properties { MessageId = id, ReplyTo = "me" },
        ApplicationProperties = new ApplicationProperties { ["operation"] = "com.microsoft:peek-message" },
        BodySection = new AmqpValue { Value = new Map { ["from-sequence-number"] = 0L, ["message-count"] = 1 } },
    };

    async Task AttachAsync()
    {
        await _peer.BeginAsync();
        await _peer.AttachReceiverAsync(Queue);
    }

    Task SendAsync(int count) =>
        _sender.SendAsync(Queue, AmqpPeer.Batch(Enumerable.Range(0, count).Select(i => AmqpPeer.Text($"{i}"))));
}
