using System.Security.Cryptography.X509Certificates;
using Amqp;
using Amqp.Framing;
using Amqp.Handler;
using Amqp.Listener;
using Amqp.Transactions;
using Amqp.Types;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// Leads each link to its endpoint by its address. A container of its own, since the library's would decode every body.
/// </summary>
internal sealed class AmqpContainer(Broker broker, LoopbackTransports transports, MessageLimits limits)
    : IContainer, IHandler
{
    const string Cbs = "$cbs";
    const string Management = "/$management";

    static readonly Symbol SessionFilter = "com.microsoft:session-filter";

    /// <summary>By which clients that know of it cap their batches.</summary>
    static readonly Symbol MaxBatchSize = "com.microsoft:max-message-batch-size";

    readonly Replies _replies = new();
    readonly UnlimitedWindows _windows = new();
    readonly Claims _claims = new(() => broker.Clock.Now().Wall);

    public X509Certificate2 ServiceCertificate => throw new NotSupportedException("The emulator has no TLS.");

    public IDictionary<string, TransportProvider> CustomTransports { get; } =
        new Dictionary<string, TransportProvider> { ["amqp"] = transports };

    public Message CreateMessage(ByteBuffer buffer) => new RawMessage(AmqpBytes.Span(buffer).ToArray());

    public Link CreateLink(ListenerConnection connection, ListenerSession session, Attach attach) =>
        new ListenerLink(session, attach);

    /// <exception cref="AmqpException">The link is refused; the library tells the client so.</exception>
    public bool AttachLink(ListenerConnection connection, ListenerSession session, Link link, Attach attach)
    {
        if (attach.Target is Coordinator)
        {
            throw new AmqpException(ServiceBusErrors.NoTransactions);
        }

        // The client's role decides: a receiver (true) names its source, a sender its target. A null target is a
        // sender's that wants the address in each message.
        var address = attach.Role ? (attach.Source as Source)?.Address : (attach.Target as Target)?.Address;
        var path = EntityPath.Of(address ?? "");
        var (endpoint, credit) = Endpoint(connection, (ListenerLink)link, attach, path);
        LibraryInternals.InitializeLinkEndpoint((ListenerLink)link, _windows.KeptOpen(session, endpoint), (uint)credit);
        return true;
    }

    public bool CanHandle(EventId id) => id is EventId.SendDelivery or EventId.SessionRemoteOpen;

    // The only public place where a delivery tag can be set, and where a session's window can be seen.
    public void Handle(Event protocolEvent)
    {
        if (protocolEvent.Id == EventId.SendDelivery
            && protocolEvent.Context is IDelivery { Message: DeliveredMessage message } delivery)
        {
            delivery.Tag = message.Tag;
        }
        else if (protocolEvent is { Id: EventId.SessionRemoteOpen, Context: Begin begin })
        {
            _windows.Began(protocolEvent.Session, begin);
        }
    }

    (LinkEndpoint Endpoint, int Credit) Endpoint(
        ListenerConnection connection, ListenerLink link, Attach attach, string path)
    {
        if (path.Equals(Cbs, StringComparison.OrdinalIgnoreCase))
        {
            var claimed = new RequestEndpoint(request =>
                _replies.Send(connection, request, _claims.Answer(connection, request)));
            return attach.Role ? Reply(connection, link, attach) : (claimed, RequestEndpoint.Credit);
        }

        // Before it is looked for: a stranger is not told what is there.
        _claims.Demand(connection, path);
        if (path.EndsWith(Management, StringComparison.OrdinalIgnoreCase))
        {
            var managed = new ManagementEndpoint(broker, Find(path[..^Management.Length]), limits);
            return attach.Role
                ? Reply(connection, link, attach)
                : (new RequestEndpoint(
                    request => managed.Handle(request, answer => _replies.Send(connection, request, answer))),
                    RequestEndpoint.Credit);
        }

        return attach.Role
            ? (Consumer(link, attach, Find(path)), 0)
            : (Sender(attach, Find(path)), SenderEndpoint.Credit);
    }

    (LinkEndpoint, int) Reply(ListenerConnection connection, ListenerLink link, Attach attach)
    {
        attach.SndSettleMode = SenderSettleMode.Settled;
        return (_replies.Register(connection, attach, link), 0);
    }

    ConsumerEndpoint Consumer(ListenerLink link, Attach attach, QueueEntity entity)
    {
        if ((attach.Source as Source)?.FilterSet?.ContainsKey(SessionFilter) == true)
        {
            throw new AmqpException(ServiceBusErrors.NoSessions);
        }

        return new ConsumerEndpoint(broker, entity, link, attach.SndSettleMode == SenderSettleMode.Settled);
    }

    SenderEndpoint Sender(Attach attach, QueueEntity entity)
    {
        if (entity.DeadLetterSource is not null)
        {
            throw new AmqpException(ServiceBusErrors.NoSendToDeadLetters);
        }

        attach.MaxMessageSize = (ulong)limits.MessageBytes;
        attach.Properties = new Fields { [MaxBatchSize] = (long)limits.MessageBytes };
        return new SenderEndpoint(broker, entity, limits);
    }

    QueueEntity Find(string path) => broker.Find(path) ?? throw new AmqpException(ServiceBusErrors.NotFound(path));
}
