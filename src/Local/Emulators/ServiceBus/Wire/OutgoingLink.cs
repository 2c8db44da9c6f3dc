using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// A link on which the emulator sends, never more than its receiver has asked for. The credit is kept here, since the
/// library sends without looking at
/// its own, forgets it on a flow that adds none, and gives back on a drain what a later flow granted. Thread safe.
/// </summary>
internal sealed class OutgoingLink
{
    readonly ListenerLink _link;
    readonly CreditWindow _window = new();
    readonly Queue<(Message Message, ByteBuffer Encoded)> _waiting = new();
    readonly Lock _gate = new();
    uint _sent;
    volatile bool _closed;

    public OutgoingLink(ListenerLink link)
    {
        _link = link;
        // Runs before the library reports every open delivery as released: the link's end frees no message.
        link.AddClosedCallback((_, _) => _closed = true);
    }

    public bool IsClosed => _closed;

    /// <summary>How many messages can be sent at once.</summary>
    public int Available
    {
        get
        {
            lock (_gate)
            {
                return _closed ? 0 : _window.Available;
            }
        }
    }

    /// <summary>The number of the flow that asks for credit to be given back; null when none does.</summary>
    public int? Drain
    {
        get
        {
            lock (_gate)
            {
                return _window.Drain;
            }
        }
    }

    /// <summary>Takes in a flow of the receiver, and sends what waited for it.</summary>
    public void OnFlow(FlowContext flow)
    {
        lock (_gate)
        {
            // The library tells of a flow only by how much it differs from what the library knew: that is kept equal
            // to the flow before.
            _window.Flow(_window.Limit + (uint)flow.Messages, _link.IsDraining);
            LibraryInternals.Credit(_link) = _window.Limit - _sent;
            while (_waiting.TryPeek(out var next) && TrySendNow(next.Message, next.Encoded))
            {
                _waiting.Dequeue();
            }
        }
    }

    /// <returns>False when the receiver has no credit (any more), or is gone.</returns>
    public bool TrySend(Message message, ByteBuffer encoded)
    {
        lock (_gate)
        {
            return _waiting.Count == 0 && TrySendNow(message, encoded);
        }
    }

    /// <summary>Sends now, or else when the receiver has credit.</summary>
    public void Send(Message message, ByteBuffer encoded)
    {
        lock (_gate)
        {
            if (!_closed && (_waiting.Count > 0 || !TrySendNow(message, encoded)))
            {
                _waiting.Enqueue((message, encoded));
            }
        }
    }

    /// <summary>Tells the receiver that no more messages come, unless it has asked for more since that flow.</summary>
    public void AnswerDrain(int flow)
    {
        lock (_gate)
        {
            if (!_closed && _window.TryDrain(flow))
            {
                // Written as it stands here. The library's own way takes the values when it writes, and would tell of
                // credit that came meanwhile.
                var (handle, count) = (_link.Handle, _window.DeliveryCount);
                var answer = new Flow { Handle = handle, DeliveryCount = count, LinkCredit = 0, Drain = true };
                LibraryInternals.SendFlow(_link.Session, answer, null);
            }
        }
    }

    /// <summary>Closes the link from this end, and tells the receiver why.</summary>
    public void Detach(Error error)
    {
        _closed = true;
        _link.Close(TimeSpan.Zero, error);
    }

    bool TrySendNow(Message message, ByteBuffer encoded)
    {
        if (_closed || !_window.TrySpend())
        {
            return false;
        }

        try
        {
            _link.SendMessage(message, encoded);
            _sent++;
            return true;
        }
        catch (Exception e) when (e is AmqpException or ObjectDisposedException or InvalidOperationException)
        {
            // The link is going down; the callback that says so is on its way.
            _closed = true;
            return false;
        }
    }
}
