using Amqp.Framing;
using Amqp.Listener;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>The link on which a client gets the answers to its requests.</summary>
internal sealed class ReplyEndpoint(Action closed) : LinkEndpoint
{
    public override void OnFlow(FlowContext flowContext)
    {
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
    }

    public override void OnLinkClosed(ListenerLink link, Error error) => closed();
}
