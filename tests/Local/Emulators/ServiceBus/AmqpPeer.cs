using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;

namespace Atrium.Local.Emulators.Tests.ServiceBus;

/// <summary>A bare AMQP client, for what the official ones do not show.</summary>
sealed class AmqpPeer : IAsyncDisposable
{
    readonly Connection _connection;
    readonly Session _session;
    readonly ConcurrentDictionary<string, SenderLink> _senders = new();
    readonly ConcurrentDictionary<string, (SenderLink Requests, ReceiverLink Replies, string ReplyTo)> _management =
        new();

    AmqpPeer(Connection connection) => (_connection, _session) = (connection, new Session(connection));

    public Session Session => _session;

    public Connection Connection => _connection;

    /// <summary>Connects, and shows a token for the whole namespace.</summary>
    public static async Task<AmqpPeer> ConnectAsync(int port)
    {
        var peer = await ConnectAsStrangerAsync(port);
        var root = $"sb://localhost:{port}/";
        Assert.Equal((202, "Accepted"), await peer.PutTokenAsync(root, SharedAccessSignature.Create(root)));
        return peer;
    }

    public static async Task<AmqpPeer> ConnectAsStrangerAsync(int port)
    {
        var factory = new ConnectionFactory();
        factory.SASL.Profile = SaslProfile.Anonymous;
        return new AmqpPeer(await factory.CreateAsync(new Address($"amqp://localhost:{port}")));
    }

    public async Task<(int Code, string Description)> PutTokenAsync(
        string audience, string token, string type = SharedAccessSignature.TokenType)
    {
        var (requests, replies, replyTo) = _management.GetOrAdd("$cbs", _ => Requests("$cbs"));
        await requests.SendAsync(SharedAccessSignature.Put(audience, token, replyTo, type), Patience.Limit);
        var reply = await NextAsync(replies);
        replies.Accept(reply);
        var status = reply.ApplicationProperties;
        return ((int)status["status-code"], (string)status["status-description"]);
    }

    public static Message Text(string body, string? messageId = null) => new()
    {
        Properties = new Properties { MessageId = messageId ?? Guid.NewGuid().ToString() },
        BodySection = new AmqpValue { Value = body },
    };

    public static Message Batch(params IEnumerable<Message> messages)
    {
        var list = new DataList();
        foreach (var message in messages)
        {
            var bytes = message.Encode();
            list.Add(new Data { Binary = bytes.Buffer.AsSpan(bytes.Offset, bytes.Length).ToArray() });
        }

        return new Message { Format = 0x80013700, BodySection = list };
    }

    /// <summary>Sends, and waits until it is acknowledged.</summary>
    public Task SendAsync(string queue, Message message) => Sender(queue).SendAsync(message, Patience.Limit);

    public SenderLink Sender(string queue) =>
        _senders.GetOrAdd(queue, q => new SenderLink(_session, $"to-{q}-{Guid.NewGuid():N}", q));

    /// <param name="queue">Where from.</param>
    /// <param name="credit">How many messages to ask for.</param>
    /// <param name="deleting">Receive-and-delete.</param>
    public ReceiverLink Receiver(string queue, int credit = 1, bool deleting = false)
    {
        var attach = new Attach
        {
            Source = new Source { Address = queue },
            Target = new Target(),
            SndSettleMode = deleting ? SenderSettleMode.Settled : SenderSettleMode.Unsettled,
            RcvSettleMode = ReceiverSettleMode.First,
        };
        var link = new ReceiverLink(_session, $"from-{queue}-{Guid.NewGuid():N}", attach, null);
        link.SetCredit(credit, autoRestore: false);
        return link;
    }

    public static async Task<Message> NextAsync(ReceiverLink receiver) =>
        await receiver.ReceiveAsync(Patience.Limit) ?? throw new TimeoutException("No message came.");

    /// <summary>Receives one message on a link of its own, which is closed again; the lock outlives it.</summary>
    public async Task<Message> ReceiveAsync(string queue, bool deleting = false)
    {
        var receiver = Receiver(queue, deleting: deleting);
        var message = await NextAsync(receiver);
        await receiver.CloseAsync();
        return message;
    }

    public async Task<Message> RequestAsync(string entity, string operation, Map body)
    {
        var (requests, replies, replyTo) = _management.GetOrAdd(entity, Management);
        var request = new Message
        {
            Properties = new Properties { MessageId = Guid.NewGuid().ToString(), ReplyTo = replyTo },
            ApplicationProperties = new ApplicationProperties { ["operation"] = $"com.microsoft:{operation}" },
            BodySection = new AmqpValue { Value = body },
        };
        await requests.SendAsync(request, Patience.Limit);
        var reply = await NextAsync(replies);
        // The client library gives new credit for what was accepted only.
        replies.Accept(reply);
        Assert.Equal(request.Properties.MessageId, reply.Properties.CorrelationId);
        return reply;
    }

    /// <summary>Settles by lock token, and waits for the answer.</summary>
    /// <returns>Its status: 200, or 410 when the lock is lost.</returns>
    public async Task<int> SettleAsync(string queue, Message message, string disposition)
    {
        var reply = await RequestAsync(
            queue, "update-disposition",
            new Map
            {
                ["lock-tokens"] = new[] { new Guid(message.DeliveryTag) },
                ["disposition-status"] = disposition
            });
        return (int)reply.ApplicationProperties["statusCode"];
    }

    public async Task<IReadOnlyList<Message>> PeekAsync(string entity, long from = 0, int count = 250)
    {
        var reply = await RequestAsync(
            entity, "peek-message", new Map { ["from-sequence-number"] = from, ["message-count"] = count });
        return reply.Body is Map map ? [.. ((List)map["messages"]).Cast<Map>().Select(Decode)] : [];

        static Message Decode(Map item)
        {
            var bytes = (byte[])item["message"];
            return Message.Decode(new ByteBuffer(bytes, 0, bytes.Length, bytes.Length));
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.CloseAsync();
        }
        catch (AmqpException)
        {
            // The emulator was there no longer.
        }
    }

    (SenderLink, ReceiverLink, string) Management(string entity) => Requests($"{entity}/$management");

    (SenderLink, ReceiverLink, string) Requests(string address)
    {
        var name = Guid.NewGuid().ToString();
        var attach = new Attach { Source = new Source { Address = address }, Target = new Target { Address = name } };
        var replies = new ReceiverLink(_session, name, attach, null);
        replies.SetCredit(100, autoRestore: true);
        return (new SenderLink(_session, $"to-{name}", address), replies, name);
    }
}
