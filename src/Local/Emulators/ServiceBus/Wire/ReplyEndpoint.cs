using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// The link on which a client gets the answers to its requests: those that it has no credit for wait until it has.
/// </summary>
internal sealed class ReplyEndpoint(ListenerLink link, Action closed) : LinkEndpoint
{
    readonly OutgoingLink _out = new(link);

    public void Send(Message answer) => _out.Send(answer, answer.Encode());

    public override void OnFlow(FlowContext flowContext)
    {
        _out.OnFlow(flowContext);
        if (_out.Drain is { } flow)
        {
            _out.AnswerDrain(flow);
        }
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
    }

    public override void OnLinkClosed(ListenerLink link, Error error) => closed();
}
