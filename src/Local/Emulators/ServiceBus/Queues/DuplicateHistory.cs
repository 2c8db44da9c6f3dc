using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>
/// The message ids that a queue has accepted within its window. Completing a message does not make its id forgotten.
/// </summary>
internal sealed class DuplicateHistory(TimeSpan window)
{
    readonly HashSet<UInt128> _ids = [];
    readonly Queue<(BrokerTime At, UInt128 Id)> _order = new();

    /// <summary>128 bits of the id's SHA-256: an hour of ids must fit in memory, whatever their length.</summary>
    public static UInt128 Key(string messageId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(messageId), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <returns>False when the id is known already.</returns>
    public bool Add(UInt128 id, BrokerTime now)
    {
        if (!_ids.Add(id))
        {
            return false;
        }

        _order.Enqueue((now, id));
        return true;
    }

    /// <returns>Up to when ids were forgotten now, or null when none were.</returns>
    public BrokerTime? Forget(BrokerTime now)
    {
        BrokerTime? until = null;
        while (_order.TryPeek(out var oldest) && oldest.At + window <= now)
        {
            _order.Dequeue();
            _ids.Remove(oldest.Id);
            until = oldest.At;
        }

        return until;
    }
}
