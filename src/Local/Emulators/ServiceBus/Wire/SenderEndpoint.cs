using Amqp;
using Amqp.Listener;
using Amqp.Transactions;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>A sender's link: what comes in is acknowledged when it is on disk.</summary>
internal sealed class SenderEndpoint(Broker broker, QueueEntity entity) : LinkEndpoint
{
    /// <summary>The service's premium tier has 1 MiB for a batch, and for a message unless configured otherwise.</summary>
    public const int MaxMessageSize = 1024 * 1024;

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

        if (message.Bytes.Length > MaxMessageSize)
        {
            messageContext.Complete(ServiceBusErrors.TooLarge(message.Bytes.Length, MaxMessageSize));
            return;
        }

        IReadOnlyList<Arrival> arrivals;
        try
        {
            arrivals = IncomingMessage.Split(message.Bytes, message.Format);
        }
        catch (AmqpException e)
        {
            messageContext.Complete(e.Error);
            return;
        }

        broker.Post(now =>
        {
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
