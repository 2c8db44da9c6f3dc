using Amqp;
using Amqp.Framing;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

public class SendTests
{
    const string Queue = "deliveries";

    [Fact]
    public async Task A_batch_becomes_one_message_for_each_section_in_order()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();

        await peer.SendAsync(Queue, AmqpPeer.Batch(AmqpPeer.Text("one"), AmqpPeer.Text("two"), AmqpPeer.Text("three")));
        await peer.SendAsync(Queue, AmqpPeer.Batch(AmqpPeer.Text("four")));

        Assert.Equal(["one", "two", "three", "four"], (await peer.PeekAsync(Queue)).Select(m => m.Body));
    }

    [Fact]
    public async Task Entities_are_found_whatever_the_case_slash_or_host_before_them()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();

        foreach (var address in new[] { "Deliveries", "/deliveries", "sb://localhost/deliveries" })
        {
            await peer.SendAsync(address, AmqpPeer.Text(address));
        }

        Assert.Equal(3, (await peer.PeekAsync(Queue)).Count);
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_rejected_and_the_link_goes_on()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();

        var refused = await Assert.ThrowsAsync<AmqpException>(
            () => peer.SendAsync(
            Queue, new Message { Format = 0x80013700, BodySection = new Data { Binary = [1, 2, 3] } }));
        await peer.SendAsync(Queue, AmqpPeer.Text("whole"));

        Assert.Equal(ErrorCode.DecodeError, refused.Error.Condition);
        Assert.Single(await peer.PeekAsync(Queue));
    }

    [Theory]
    [InlineData("unknown", ErrorCode.NotFound)]
    [InlineData("topic/Subscriptions/one", ErrorCode.NotFound)]
    [InlineData("deliveries/$deadletterqueue", ErrorCode.NotAllowed)]
    public async Task A_link_to_where_nothing_can_be_sent_is_refused(string address, string condition)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();

        var refused = await Assert.ThrowsAsync<AmqpException>(() => peer.SendAsync(address, AmqpPeer.Text("lost")));

        Assert.Equal(condition, refused.Error.Condition);
    }

    [Fact]
    public async Task Transactions_are_refused_with_the_link_to_their_coordinator()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        var refusal = new TaskCompletionSource<Error>();
        var link = new SenderLink(
            peer.Session, "coordinator",
            new Attach { Target = new Amqp.Transactions.Coordinator(), Source = new Source() }, null);

        link.AddClosedCallback((_, error) => refusal.TrySetResult(error));

        Assert.Equal(ErrorCode.NotImplemented, (await refusal.Task).Condition);
    }

    [Fact]
    public async Task A_session_receiver_is_refused()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        var refusal = new TaskCompletionSource<Error>();
        var source =
            new Source
            {
                Address = Queue,
                FilterSet = new Amqp.Types.Map { [new Amqp.Types.Symbol("com.microsoft:session-filter")] = "one" }
            };
        var link = new ReceiverLink(peer.Session, "session", source, null);

        link.AddClosedCallback((_, error) => refusal.TrySetResult(error));

        Assert.Equal(ErrorCode.NotAllowed, (await refusal.Task).Condition);
    }
}
