using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>Knows on which link of its connection a client waits for answers.</summary>
internal sealed class Replies
{
    readonly ConcurrentDictionary<(ListenerConnection, string), ReplyEndpoint> _links = new();

    public ReplyEndpoint Register(ListenerConnection connection, Attach attach, ListenerLink link)
    {
        // The JavaScript client's $cbs link has no target address: there the reply-to is the link's name.
        var key = (connection, (attach.Target as Target)?.Address ?? attach.LinkName);
        ReplyEndpoint? endpoint = null;
        endpoint = new ReplyEndpoint(link, () => _links.TryRemove(new(key, endpoint!)));
        _links[key] = endpoint;
        return endpoint;
    }

    public void Send(ListenerConnection connection, Message request, Message answer)
    {
        answer.Properties = new Properties();
        // Of the same type as the request's id, whatever that is.
        answer.Properties.SetCorrelationId(request.Properties?.GetMessageId());
        if (request.Properties?.ReplyTo is { } replyTo && _links.TryGetValue((connection, replyTo), out var link))
        {
            link.Send(answer);
        }
    }
}
