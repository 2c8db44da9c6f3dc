using Atrium.Functions.Jobs;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Parking;

/// <summary>
/// The parked deliveries of others that a step comes by, when they are more than it can hold. So many stay where they are, locked until the step ends; what
/// comes behind them is moved to the end of the queue, or the pause of one subscription could keep another's deliveries from ever being reached.
/// </summary>
internal sealed class OthersInFront
{
    /// <summary>Half of what a sweep can hold: the other half is for those that it meets again at the end.</summary>
    public const int MostThatStay = QueueSweep.MaxHeld / 2;

    /// <summary>Bytes of their bodies.</summary>
    public const long MostBytesThatStay = QueueSweep.MaxHeldBytes / 2;

    readonly HashSet<long> _staying = [];
    long _bytes;

    /// <summary>Whether a message stays where it is; asked again, the answer is the same.</summary>
    public bool Stays(ServiceBusReceivedMessage message)
    {
        if (_staying.Contains(message.SequenceNumber))
        {
            return true;
        }

        if (_staying.Count >= MostThatStay || _bytes >= MostBytesThatStay)
        {
            return false;
        }

        _staying.Add(message.SequenceNumber);
        _bytes += message.Body.ToMemory().Length;
        return true;
    }
}
