using Amqp.Framing;
using Amqp.Types;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>Between AMQP's delivery states and what they mean to a queue.</summary>
internal static class Outcomes
{
    /// <returns>Null for a state that settles nothing.</returns>
    public static Settlement? Read(DeliveryState? state) => state switch
    {
        Accepted => new Settlement.Complete(),
        Rejected rejected => new Settlement.DeadLetter(Changes(rejected.Error?.Info)),
        Modified { UndeliverableHere: true } modified => new Settlement.Defer(Changes(modified.MessageAnnotations)),
        Modified modified => new Settlement.Abandon(Changes(modified.MessageAnnotations)),
        Released => new Settlement.Release(),
        _ => null,
    };

    /// <returns>What kept a message from being settled; null for nothing.</returns>
    public static Error? Fault(SettlementResult result) => result switch
    {
        SettlementResult.Settled => null,
        SettlementResult.LockLost => ServiceBusErrors.LockLost,
        SettlementResult.NotAllowed => ServiceBusErrors.NoDeadLetterOfDeadLetters,
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "No such result."),
    };

    /// <summary>
    /// A success is always answered with accepted: the JavaScript client takes its own rejected, sent back, for a
    /// failure.
    /// </summary>
    public static DeliveryState Answer(Error? fault) =>
        fault is null ? new Accepted() : new Rejected { Error = fault };

    // The JavaScript client sends strings as keys where AMQP says symbols: the map is walked, never asked by key, which
    // would throw.
    public static PropertyChanges Changes(Map? map)
    {
        var changes = new PropertyChanges();
        foreach (var (key, value) in map ?? [])
        {
            changes[key.ToString()!] = value;
        }

        return changes;
    }
}
