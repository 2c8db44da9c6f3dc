using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Parking;

/// <summary>
/// The parked deliveries of others that a step comes by, when they are many. So many stay where they are, locked until
/// the step ends; what comes behind them is moved to the end of the queue, or the pause of one subscription could keep
/// another's deliveries from ever being reached.
/// </summary>
internal sealed class OthersInFront
{
    /// <summary>
    /// Others in front of those wanted that a step holds before any of them makes way. Fewer than a sweep can hold,
    /// since time is short as well: a queue that gives some hundreds a second gives so many in a step.
    /// </summary>
    public const int MostHeld = 20_000;

    /// <summary>Half of them: the other half is for those that the step meets again at the end.</summary>
    public const int MostThatStay = MostHeld / 2;

    readonly HashSet<long> _staying = [];

    /// <summary>Whether a message stays where it is; asked again, the answer is the same.</summary>
    public bool Stays(ServiceBusReceivedMessage message) =>
        _staying.Contains(message.SequenceNumber)
            || (_staying.Count < MostThatStay && _staying.Add(message.SequenceNumber));
}
