using Amqp;
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
    readonly Lock _gate = new();

    // As many as the receiver has asked for, and as many as were sent, since the link was attached. Both wrap around, as AMQP's own counters do.
    uint _limit, _sent;
    int _promised;
    volatile bool _drainWanted, _closed;

    public ConsumerEndpoint(Broker broker, QueueEntity entity, ListenerLink link, bool deletesOnReceive)
    {
        (_broker, _entity, _link, DeletesOnReceive) = (broker, entity, link, deletesOnReceive);
        // Runs before the library reports every open delivery as released: locks outlive their link, as in the service.
        link.AddClosedCallback((_, _) => _closed = true);
        broker.Post(_ => entity.Attach(this));
    }

    /// <summary>Receive-and-delete: what is sent is gone.</summary>
    public bool DeletesOnReceive { get; }

    /// <summary>How many more messages the receiver takes.</summary>
    public int Available
    {
        get
        {
            lock (_gate)
            {
                return _closed ? 0 : (int)(_limit - _sent) - _promised;
            }
        }
    }

    /// <summary>Sends the message once the commit that takes it from the queue is done.</summary>
    public void Promise(QueuedMessage message, Broker broker)
    {
        _promised++;
        var token = message.LockToken;
        // Completed on delivery, it is gone from the store by then.
        var content = DeletesOnReceive ? broker.Content(message) : null;
        broker.Afterwards(done =>
        {
            _promised--;
            if (done && !TrySend(message, token, content) && token != Guid.Empty)
            {
                broker.Post(_ => _entity.State.Settle(token, new Settlement.Release()));
            }
        });
    }

    /// <summary>When the receiver has asked for it: tells it that no more comes, after what was promised.</summary>
    public void AnswerDrain(Broker broker)
    {
        if (!_drainWanted)
        {
            return;
        }

        _drainWanted = false;
        broker.Afterwards(_ =>
        {
            lock (_gate)
            {
                if (_closed || !_link.IsDraining)
                {
                    return;
                }

                // The first advances the delivery count by the unused credit but answers with drain off; the JavaScript client waits for a flow with drain on.
                _link.CompleteDrain();
                _link.SetCredit(0, drain: true, autoRestore: false);
                _sent = _limit;
            }
        });
    }

    public override void OnFlow(FlowContext flowContext)
    {
        lock (_gate)
        {
            _limit += (uint)flowContext.Messages;
            if (flowContext.Messages <= 0)
            {
                // The library forgets all credit on a flow that adds none.
                LibraryInternals.Credit(_link) = (uint)Math.Max(0, (int)(_limit - _sent));
            }

            _drainWanted = _link.IsDraining;
        }

        _broker.Post(_ => { });
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
        if (_closed || dispositionContext.Message is not DeliveredMessage { LockToken: var token } message || token == Guid.Empty)
        {
            return;
        }

        if (dispositionContext.DeliveryState is Amqp.Transactions.TransactionalState)
        {
            _link.DisposeMessage(message, new Rejected { Error = ServiceBusErrors.NoTransactions }, settled: true);
            return;
        }

        if (Outcomes.Read(dispositionContext.DeliveryState) is { } settlement)
        {
            _broker.Post(_ =>
            {
                var result = _entity.State.Settle(token, settlement);
                if (result == SettlementResult.Settled)
                {
                    _broker.Count(settlement.Name, _entity);
                }

                _broker.Afterwards(done => _link.DisposeMessage(message, done ? Outcomes.Answer(result) : new Rejected { Error = ServiceBusErrors.InternalError }, settled: true));
            });
        }
    }

    // The library holds its lock on the link here: anything that might wait for another lock is left to the loop.
    public override void OnLinkClosed(ListenerLink link, Error error) => _broker.Post(_ => _entity.Detach(this));

    bool TrySend(QueuedMessage message, Guid token, byte[]? content)
    {
        try
        {
            DateTime? lockedUntil = token == Guid.Empty ? null : _broker.Clock.ToWall(message.LockedUntil, _broker.Clock.Now());
            var sent = content ?? _broker.Content(message);
            var encoded = OutgoingMessage.Encode(sent, message, _entity.DeadLetterSource, lockedUntil);
            lock (_gate)
            {
                if (_closed)
                {
                    return false;
                }

                _broker.Operations.Add("receive", _entity, sent.Length);
                _link.SendMessage(new DeliveredMessage(token), encoded);
                _sent++;
                return true;
            }
        }
        catch (Exception e) when (e is AmqpException or ObjectDisposedException or InvalidOperationException)
        {
            // The link is going down; the callback that says so is on its way.
            return false;
        }
    }
}
