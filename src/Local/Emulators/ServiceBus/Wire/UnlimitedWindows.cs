using System.Runtime.CompilerServices;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// Knows the sessions whose clients take any number of frames, and keeps their windows open. The .NET SDK's window is
/// 2^32 - 1. The library counts a frame after it was written, so a flow that answers the frame may be read before that:
/// what it allows is then one frame more than 2^32 - 1, which wraps around to none. Nothing more would go out on the
/// session until its next flow, and the client may have none to send before it has got what is held up.
/// </summary>
internal sealed class UnlimitedWindows
{
    const uint Unlimited = uint.MaxValue;

    readonly ConditionalWeakTable<Session, object> _sessions = [];

    public void Began(Session session, Begin begin)
    {
        if (begin.IncomingWindow == Unlimited)
        {
            _sessions.Add(session, this);
        }
    }

    /// <summary>The endpoint for a link of the session: there a flow closes no window that has no limit.</summary>
    public LinkEndpoint KeptOpen(Session session, LinkEndpoint endpoint) =>
        _sessions.TryGetValue(session, out _) ? new Reopening(session, endpoint) : endpoint;

    // A flow that is about no link reaches no endpoint. With such a window a client has no reason to send one.
    sealed class Reopening(Session session, LinkEndpoint endpoint) : LinkEndpoint
    {
        public override void OnFlow(FlowContext flowContext)
        {
            // So little is left only of a sum that wrapped around.
            if (Volatile.Read(ref LibraryInternals.OutgoingWindow(session)) < int.MaxValue)
            {
                // Also sends what was held up in between. The frames of the session are counted from 0.
                LibraryInternals.OnFlow(session, new Flow { NextIncomingId = 0, IncomingWindow = Unlimited });
            }

            endpoint.OnFlow(flowContext);
        }

        public override void OnMessage(MessageContext messageContext) => endpoint.OnMessage(messageContext);

        public override void OnDisposition(DispositionContext dispositionContext) =>
            endpoint.OnDisposition(dispositionContext);

        public override void OnLinkClosed(ListenerLink link, Error error) => endpoint.OnLinkClosed(link, error);
    }
}
