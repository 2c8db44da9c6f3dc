using Amqp;
using Amqp.Framing;
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

        Error? fault = null;
        broker.Post(
            now => fault = Take(arrivals, now),
            done => Answer(messageContext, done ? fault : ServiceBusErrors.InternalError));
    }

    public override void OnFlow(FlowContext flowContext)
    {
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
    }

    Error? Take(IReadOnlyList<Arrival> arrivals, Moment now)
    {
        if (broker.IsThrottled(now))
        {
            return ServiceBusErrors.ServerBusy;
        }

        if (entity.State.IsFull)
        {
            return ServiceBusErrors.QueueFull(entity.Name);
        }

        foreach (var arrival in arrivals)
        {
            broker.Enqueue(entity, arrival, now);
            broker.Count("send", entity, arrival.Content.Length);
        }

        return null;
    }

    static void Answer(MessageContext context, Error? fault)
    {
        if (fault is null)
        {
            context.Complete();
        }
        else
        {
            context.Complete(fault);
        }
    }
}
