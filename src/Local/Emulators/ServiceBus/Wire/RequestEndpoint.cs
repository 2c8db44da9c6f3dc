using Amqp;
using Amqp.Listener;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>The link on which a client makes its requests, to $cbs or to an entity's $management.</summary>
internal sealed class RequestEndpoint(Action<Message> handle) : LinkEndpoint
{
    public const int Credit = 100;

    public override void OnMessage(MessageContext messageContext)
    {
        Message request;
        try
        {
            request = Message.Decode(AmqpBytes.Buffer(((RawMessage)messageContext.Message).Bytes));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            messageContext.Complete(
                new Amqp.Framing.Error(
                ErrorCode.DecodeError)
                { Description = $"The request cannot be decoded: {e.Message}" });
            return;
        }

        messageContext.Complete();
        handle(request);
    }

    public override void OnFlow(FlowContext flowContext)
    {
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
    }
}
