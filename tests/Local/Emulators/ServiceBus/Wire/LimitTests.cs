using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Atrium.Local.Emulators.ServiceBus;
using Azure.Messaging.ServiceBus;

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

    [Theory]
    [InlineData(1, 255 * Kilobyte, null)]
    [InlineData(1, 256 * Kilobyte, ErrorCode.MessageSizeExceeded)]
    [InlineData(2, 127 * Kilobyte, null)]
    [InlineData(2, 128 * Kilobyte, ErrorCode.MessageSizeExceeded)]
    [InlineData(4501, 1, ErrorCode.InternalError)]
    public async Task Messages_that_are_scheduled_together_have_the_limits_of_a_batch(
        int count, int bytes, string? condition)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        var messages = new List();
        for (var i = 0; i < count; i++)
        {
            messages.Add(new Map { ["message"] = Encoded(bytes) });
        }

        var reply = await peer.RequestAsync(Queue, "schedule-message", new Map { ["messages"] = messages });

        Assert.Equal(condition, (reply.ApplicationProperties["errorCondition"] as Symbol)?.ToString());
        Assert.Equal(condition is null ? count : 0, (await peer.PeekAsync(Queue)).Count);
    }

    [Theory]
    [InlineData(ServiceBusTier.Standard, 4500)]
    [InlineData(ServiceBusTier.Premium, 15_885)]
    public async Task A_batch_has_a_limited_number_of_messages(ServiceBusTier tier, int limit)
    {
        await using var emulator = await RunningEmulator.StartAsync(tier: tier);
        await using var peer = await emulator.ConnectAsync();
        var message = new Message { BodySection = new Data { Binary = [1] } };

        await peer.SendAsync(Queue, AmqpPeer.Batch(Enumerable.Repeat(message, limit)));
        await RefusedAsync(peer, AmqpPeer.Batch(Enumerable.Repeat(message, limit + 1)), ErrorCode.InternalError);

        Assert.Single(await peer.PeekAsync(Queue, from: limit));
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

    [Theory]
    [InlineData("abandoned")]
    [InlineData("defered")]
    [InlineData("suspended")]
    public async Task What_a_settlement_adds_has_the_limits_of_what_is_sent(string disposition)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, NearlyFull());
        var token = new Guid((await peer.ReceiveAsync(Queue)).DeliveryTag);

        // By itself it would do: with those of the message it is too much.
        Assert.Equal(ErrorCode.InternalError, await SettleAsync(new string('x', 3 * Kilobyte)));
        Assert.Equal(2, Assert.Single(await peer.PeekAsync(Queue)).ApplicationProperties.Map.Count);

        // It is locked as before.
        Assert.Null(await SettleAsync("short"));

        async Task<string?> SettleAsync(string value)
        {
            var body = new Map
            {
                ["lock-tokens"] = new[] { token },
                ["disposition-status"] = disposition,
                ["properties-to-modify"] = new Map { ["added"] = value },
            };
            var reply = await peer.RequestAsync(Queue, "update-disposition", body);
            return (reply.ApplicationProperties["errorCondition"] as Symbol)?.ToString();
        }
    }

    [Theory]
    [InlineData("abandoned")]
    [InlineData("defered")]
    [InlineData("suspended")]
    public async Task The_genuine_client_is_told_that_a_settlement_adds_too_much(string disposition)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, NearlyFull());
        await using var client = emulator.Client(new ServiceBusRetryOptions { MaxRetries = 0 });
        await using var receiver = client.CreateReceiver(Queue);
        var message = await receiver.ReceiveMessageAsync();

        var refused = await Assert.ThrowsAsync<ServiceBusException>(() => SettleAsync(new string('x', 3 * Kilobyte)));
        Assert.Equal(ServiceBusFailureReason.GeneralError, refused.Reason);
        Assert.Equal(2, Assert.Single(await peer.PeekAsync(Queue)).ApplicationProperties.Map.Count);

        await SettleAsync("short");

        Task SettleAsync(string value)
        {
            var properties = new Dictionary<string, object> { ["added"] = value };
            return disposition switch
            {
                "abandoned" => receiver.AbandonMessageAsync(message, properties),
                "defered" => receiver.DeferMessageAsync(message, properties),
                _ => receiver.DeadLetterMessageAsync(message, properties),
            };
        }
    }

    // Two kilobytes of properties can be added.
    static Message NearlyFull()
    {
        var message = AmqpPeer.Text("body");
        message.ApplicationProperties = new ApplicationProperties
        {
            ["first"] = new string('x', 31 * Kilobyte),
            ["second"] = new string('x', 31 * Kilobyte),
        };
        return message;
    }

    static byte[] Encoded(int bytes)
    {
        var encoded = new Message { BodySection = new Data { Binary = new byte[bytes] } }.Encode();
        return encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray();
    }

    static async Task RefusedAsync(AmqpPeer peer, Message message, string condition)
    {
        var refused = await Assert.ThrowsAsync<AmqpException>(() => peer.SendAsync(Queue, message));
        Assert.Equal(condition, refused.Error.Condition);
    }
}
