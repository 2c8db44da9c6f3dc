using Atrium.Local.Emulators.ServiceBus.Queues;
using Atrium.Local.Emulators.ServiceBus.Wire;

namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>A queue, or a dead-letter queue, with those who receive from it. Belongs to the commit loop.</summary>
internal sealed class QueueEntity(string name)
{
    readonly List<ConsumerEndpoint> _consumers = [];
    int _next;

    public string Name => name;

    /// <summary>For a dead-letter queue, the name of the queue whose it is.</summary>
    public string? DeadLetterSource { get; init; }

    /// <summary>Replaced when the state is taken from disk anew.</summary>
    public required QueueState State { get; set; }

    public void Attach(ConsumerEndpoint consumer) => _consumers.Add(consumer);

    public void Detach(ConsumerEndpoint consumer) => _consumers.Remove(consumer);

    /// <summary>Gives ready messages to waiting receivers, in turn. The receivers get them after the commit.</summary>
    public void Dispatch(Broker broker, Moment now)
    {
        while (State.HasReady && !broker.IsThrottled(now) && NextWaiting() is { } consumer
            && State.TakeNext(!consumer.DeletesOnReceive, now) is { } message)
        {
            broker.Spend("receive");
            consumer.Promise(message, broker);
        }

        foreach (var consumer in _consumers)
        {
            consumer.AnswerDrain(broker);
        }
    }

    ConsumerEndpoint? NextWaiting()
    {
        for (var i = 0; i < _consumers.Count; i++)
        {
            _next = (_next + 1) % _consumers.Count;
            if (_consumers[_next].Available > 0)
            {
                return _consumers[_next];
            }
        }

        return null;
    }
}
