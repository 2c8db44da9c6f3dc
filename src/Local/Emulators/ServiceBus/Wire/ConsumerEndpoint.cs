using Amqp.Framing;
using Amqp.Listener;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>A receiver's link. Credit comes in on the connection's thread and is used up by the commit loop.</summary>
internal sealed class ConsumerEndpoint : LinkEndpoint
{
    readonly Broker _broker;
    readonly QueueEntity _entity;
    readonly ListenerLink _link;
    readonly OutgoingLink _out;

    // The loop's; kept only where they end with the link.
    readonly HashSet<Guid> _tokens = [];
    int _promised;
    int _unsettled;

    public ConsumerEndpoint(Broker broker, QueueEntity entity, ListenerLink link, bool deletesOnReceive)
    {
        (_broker, _entity, _link, DeletesOnReceive) = (broker, entity, link, deletesOnReceive);
        _out = new OutgoingLink(link);
        broker.Post(_ => entity.Attach(this));
    }

    /// <summary>Receive-and-delete: what is sent is gone.</summary>
    public bool DeletesOnReceive { get; }

    /// <summary>How many more messages the receiver takes.</summary>
    public int Available => _out.Available - _promised;

    /// <summary>Sends the message once the commit that takes it from the queue is done.</summary>
    public void Promise(QueuedMessage message, Broker broker)
    {
        var token = message.LockToken;
        // Completed on delivery, it is gone from the store by then.
        var content = DeletesOnReceive ? broker.Content(message) : null;
        _promised++;
        if (broker.LocksEndWithLink)
        {
            _tokens.Add(token);
        }

        broker.Afterwards(done =>
        {
            _promised--;
            if (done && !TrySend(message, token, content) && !DeletesOnReceive)
            {
                broker.Post(now => _entity.State.Settle(token, new Settlement.Release(), now));
            }
        });
    }

    /// <summary>When the receiver has asked for it: tells it that no more comes, after what was promised.</summary>
    public void AnswerDrain(Broker broker)
    {
        if (_out.Drain is { } flow)
        {
            broker.Afterwards(_ => _out.AnswerDrain(flow));
        }
    }

    public override void OnFlow(FlowContext flowContext)
    {
        _out.OnFlow(flowContext);
        _broker.Post(_ => { });
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
        if (_out.IsClosed
            || dispositionContext.Message is not DeliveredMessage { LockToken: var token } message
            || token == Guid.Empty)
        {
            return;
        }

        if (dispositionContext.DeliveryState is Amqp.Transactions.TransactionalState)
        {
            Settled(message, Outcomes.Answer(ServiceBusErrors.NoTransactions));
            return;
        }

        if (Outcomes.Read(dispositionContext.DeliveryState) is { } settlement)
        {
            Error? fault = null;
            _broker.Post(
                now =>
                {
                    fault = _broker.Settle(_entity, token, settlement, now);
                    _tokens.Remove(token);
                },
                done => Settled(message, Outcomes.Answer(done ? fault : ServiceBusErrors.InternalError)));
        }
    }

    // The library holds its lock on the link here: anything that might wait for another lock is left to the loop.
    public override void OnLinkClosed(ListenerLink link, Error error) => _broker.Post(_ =>
    {
        _entity.Detach(this);
        foreach (var token in _tokens)
        {
            _entity.State.Disown(token);
        }
    });

    void Settled(DeliveredMessage message, DeliveryState outcome)
    {
        Interlocked.Decrement(ref _unsettled);
        _link.DisposeMessage(message, outcome, settled: true);
    }

    bool TrySend(QueuedMessage message, Guid token, byte[]? content)
    {
        if (_out.IsClosed)
        {
            return false;
        }

        if (_unsettled >= _broker.Limits.MostUnsettled)
        {
            _out.Detach(ServiceBusErrors.TooManyUnsettled(_link.Name, _broker.Limits.MostUnsettled));
            return false;
        }

        var clock = _broker.Clock;
        DateTime? lockedUntil = DeletesOnReceive ? null : clock.ToWall(message.LockedUntil, clock.Now());
        var sent = content ?? _broker.Content(message);
        var encoded = OutgoingMessage.Encode(sent, message, lockedUntil);
        // Counted first: the receiver may ask for the count as soon as it has the message.
        _broker.Operations.Add("receive", _entity, sent.Length);
        if (!DeletesOnReceive)
        {
            var sentNow = _out.TrySend(new DeliveredMessage(token), encoded);
            Interlocked.Add(ref _unsettled, sentNow ? 1 : 0);
            return sentNow;
        }

        // In receive-and-delete mode a message cannot be given back. It waits if the receiver has lowered its credit
        // meanwhile.
        _out.Send(new DeliveredMessage(token), encoded);
        return true;
    }
}
