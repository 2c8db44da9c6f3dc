using Amqp;
using Amqp.Types;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// What can be asked of an entity beside sending and receiving. Each member gives what the loop is to run.
/// </summary>
internal sealed class ManagementOperations(Broker broker, QueueEntity entity)
{
    /// <summary>
    /// Ask again from the next number for more. So many were seen of the service (azure-sdk-for-python#26643).
    /// </summary>
    const int MostPeeked = 250;

    /// <summary>A peek's answer ends with the message that fills it.</summary>
    const int PeekBytes = 4 * 1024 * 1024;

    public Func<Moment, Message> RenewLocks(IReadOnlyCollection<Guid> tokens) => now =>
    {
        var ends = tokens.Select(t => entity.State.RenewLock(t, now)).ToList();
        ends.FindAll(end => end is not null).ForEach(_ => broker.Count("renew-lock", entity));
        return ends.Any(e => e is null)
            ? ManagementAnswers.Failed(ServiceBusErrors.LockLost)
            : ManagementAnswers.Ok(
                new Map { ["expirations"] = ends.Select(e => broker.Clock.ToWall(e!.Value, now)).ToArray() });
    };

    public Func<Moment, Message> Peek(long from, long count) => Unthrottled(now =>
    {
        var messages = new List();
        var bytes = 0;
        foreach (var message in entity.State.Peek(from, now).Take((int)Math.Clamp(count, 0, MostPeeked))
            .TakeWhile(_ => bytes < PeekBytes))
        {
            var encoded = Encode(message, null);
            bytes += encoded.Length;
            messages.Add(new Map { ["message"] = encoded });
        }

        broker.Count("peek", entity, messages: messages.Count);
        return messages.Count == 0
            ? ManagementAnswers.NoContent()
            : ManagementAnswers.Ok(new Map { ["messages"] = messages });
    });

    public Func<Moment, Message> Schedule(IReadOnlyList<Arrival> arrivals) => entity.DeadLetterSource is not null
        ? throw new AmqpException(ServiceBusErrors.NoSendToDeadLetters)
        : Unthrottled(now => entity.State.IsFull
            ? ManagementAnswers.Failed(ServiceBusErrors.QueueFull(entity.Name))
            : ManagementAnswers.Ok(
                new Map { ["sequence-numbers"] = arrivals.Select(a => Schedule(a, now)).ToArray() }));

    public Func<Moment, Message> CancelScheduled(IReadOnlyCollection<long> sequenceNumbers) => _ =>
    {
        if (!entity.State.CancelScheduled(sequenceNumbers))
        {
            return ManagementAnswers.Failed(ServiceBusErrors.MessageNotFound);
        }

        broker.Count("cancel-scheduled", entity);
        return ManagementAnswers.Ok([]);
    };

    public Func<Moment, Message> ReceiveDeferred(
        IReadOnlyCollection<long> sequenceNumbers, bool locking) => Unthrottled(now =>
    {
        if (entity.State.Settings.Partitions > 1
            && sequenceNumbers.Select(SequenceNumbers.PartitionOf).Distinct().Count() > 1)
        {
            return ManagementAnswers.Failed(ServiceBusErrors.DifferentPartitions);
        }

        if (entity.State.TakeDeferred(sequenceNumbers, locking, now) is not { } taken)
        {
            return ManagementAnswers.Failed(ServiceBusErrors.NotLocked);
        }

        // What is deleted as it is received can still be read: the commit comes later.
        var messages = new List();
        foreach (var message in taken)
        {
            DateTime? lockedUntil = locking ? broker.Clock.ToWall(message.LockedUntil, now) : null;
            var encoded = Encode(message, lockedUntil);
            broker.Count("receive-deferred", entity, encoded.Length);
            messages.Add(new Map { ["message"] = encoded, ["lock-token"] = message.LockToken });
        }

        return ManagementAnswers.Ok(new Map { ["messages"] = messages });
    });

    public Func<Moment, Message> Settle(IReadOnlyCollection<Guid> tokens, Settlement settlement) => now =>
        tokens.Select(t => broker.Settle(entity, t, settlement, now)).ToList()
            .Find(fault => fault is not null) is { } fault
            ? ManagementAnswers.Failed(fault)
            : ManagementAnswers.Ok([]);

    Func<Moment, Message> Unthrottled(Func<Moment, Message> operation) => now => broker.IsThrottled(now)
        ? ManagementAnswers.Failed(ServiceBusErrors.ServerBusy)
        : operation(now);

    long Schedule(Arrival arrival, Moment now)
    {
        broker.Count("schedule", entity, arrival.Content.Length);
        return broker.Enqueue(entity, arrival, now).SequenceNumber;
    }

    byte[] Encode(QueuedMessage message, DateTime? lockedUntil) =>
        AmqpBytes.Span(OutgoingMessage.Encode(broker.Content(message), message, lockedUntil)).ToArray();
}
