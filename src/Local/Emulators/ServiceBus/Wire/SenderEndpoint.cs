using Amqp;
using Amqp.Listener;
using Amqp.Transactions;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>A sender's link: what comes in is acknowledged when it is on disk.</summary>
internal sealed class SenderEndpoint(Broker broker, QueueEntity entity, MessageLimits limits) : LinkEndpoint
{
    /// <summary>How many transfers a client may have on the way.</summary>
    public const int Credit = 1000;

    public override void OnMessage(MessageContext messageContext)
    {
        var message = (RawMessage)messageContext.Message;
        if (messageContext.DeliveryState is TransactionalState)
        {
            messageContext.Complete(ServiceBusErrors.NoTransactions);
            return;
        }

        IReadOnlyList<Arrival> arrivals;
        try
        {
            limits.CheckSize(message.Bytes.Length);
            arrivals = IncomingMessage.Split(message.Bytes, message.Format);
            limits.CheckCount(arrivals.Count);
        }
        catch (AmqpException e)
        {
            messageContext.Complete(e.Error);
            return;
        }

        broker.Post(now =>
        {
            if (broker.IsThrottled(now))
            {
                broker.Afterwards(_ => messageContext.Complete(ServiceBusErrors.ServerBusy));
                return;
            }

            if (entity.State.IsFull)
            {
                broker.Afterwards(_ => messageContext.Complete(ServiceBusErrors.QueueFull(entity.Name)));
                return;
            }

            foreach (var arrival in arrivals)
            {
                broker.Enqueue(entity, arrival, now);
                broker.Count("send", entity, arrival.Content.Length);
            }

            broker.Afterwards(done => Answer(messageContext, done));
        });
    }

    public override void OnFlow(FlowContext flowContext)
    {
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
    }

    static void Answer(MessageContext context, bool done)
    {
        if (done)
        {
            context.Complete();
        }
        else
        {
            context.Complete(ServiceBusErrors.InternalError);
        }
    }
}
