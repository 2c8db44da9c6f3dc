using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Atrium.Local.Emulators.ServiceBus;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

public sealed class LimitTests
{
    const string Queue = "deliveries";
    const int Kilobyte = 1024;

    [Theory]
    [InlineData(ServiceBusTier.Standard, 256 * Kilobyte)]
    [InlineData(ServiceBusTier.Premium, 1024 * Kilobyte)]
    public async Task The_limit_of_the_tier_is_told_and_kept(ServiceBusTier tier, int limit)
    {
        await using var emulator = await RunningEmulator.StartAsync(tier: tier);
        await using var peer = await emulator.ConnectAsync();
        var told = new TaskCompletionSource<Attach>();
        var target = new Target { Address = Queue };
        _ = new SenderLink(peer.Session, "sender", target, (_, attach) => told.TrySetResult(attach));
        Assert.Equal((ulong)limit, (await told.Task).MaxMessageSize);
        Assert.Equal((long)limit, (await told.Task).Properties[new Symbol("com.microsoft:max-message-batch-size")]);
        var overhead = AmqpPeer.Text(new string('x', 1000)).Encode().Length - 1000;

        await peer.SendAsync(Queue, AmqpPeer.Text(new string('x', limit - overhead)));
        await RefusedAsync(peer, AmqpPeer.Text(new string('x', limit - overhead + 1)), ErrorCode.MessageSizeExceeded);
        await RefusedAsync(
            peer,
            AmqpPeer.Batch(AmqpPeer.Text(new string('x', limit / 2)), AmqpPeer.Text(new string('x', limit / 2))),
            ErrorCode.MessageSizeExceeded);
        await peer.SendAsync(Queue, AmqpPeer.Text("short"));

        Assert.Equal([limit - overhead, 5], (await peer.PeekAsync(Queue)).Select(m => ((string)m.Body).Length));
    }

    [Fact]
    public async Task A_message_that_is_scheduled_has_the_same_limit()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        var bytes = AmqpPeer.Text(new string('x', 256 * Kilobyte)).Encode();
        var message = bytes.Buffer.AsSpan(bytes.Offset, bytes.Length).ToArray();

        var reply = await peer.RequestAsync(
            Queue, "schedule-message", new Map { ["messages"] = new List { new Map { ["message"] = message } } });

        Assert.Equal((Symbol)ErrorCode.MessageSizeExceeded, reply.ApplicationProperties["errorCondition"]);
        Assert.Empty(await peer.PeekAsync(Queue));
    }

    [Theory]
    [InlineData(1, 32 * Kilobyte, true)]
    [InlineData(1, (32 * Kilobyte) + 1, false)]
    [InlineData(3, 21 * Kilobyte, true)]
    [InlineData(3, 22 * Kilobyte, false)]
    public async Task Properties_have_limits_of_their_own(int count, int bytes, bool taken)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        foreach (object value in new object[] { new string('x', bytes), new byte[bytes] })
        {
            var message = AmqpPeer.Text("body");
            message.ApplicationProperties = new ApplicationProperties();
            for (var i = 0; i < count; i++)
            {
                message.ApplicationProperties[$"{i}"] = value;
            }

            if (taken)
            {
                await peer.SendAsync(Queue, message);
            }
            else
            {
                await RefusedAsync(peer, message, ErrorCode.InternalError);
            }
        }

        Assert.Equal(taken ? 2 : 0, (await peer.PeekAsync(Queue)).Count);
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public async Task Ids_have_a_limit(int characters, bool taken)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        var id = new string('ä', characters);
        var partition = new Symbol("x-opt-partition-key");
        foreach (var message in new[]
        {
            AmqpPeer.Text("id", id),
            new Message { Properties = new Properties { GroupId = id } },
            new Message { MessageAnnotations = new MessageAnnotations { [partition] = id } },
        })
        {
            if (taken)
            {
                await peer.SendAsync(Queue, message);
            }
            else
            {
                await RefusedAsync(peer, message, "com.microsoft:argument-error");
            }
        }
    }

    static async Task RefusedAsync(AmqpPeer peer, Message message, string condition)
    {
        var refused = await Assert.ThrowsAsync<AmqpException>(() => peer.SendAsync(Queue, message));
        Assert.Equal(condition, refused.Error.Condition);
    }
}
