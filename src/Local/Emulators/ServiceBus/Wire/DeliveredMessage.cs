using Amqp;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// A message on its way to a receiver. The lock token is its delivery tag, from which clients read it.
/// </summary>
internal sealed class DeliveredMessage(Guid lockToken) : Message
{
    public Guid LockToken => lockToken;

    /// <summary>A message that is not locked needs a tag all the same.</summary>
    public byte[] Tag { get; } = (lockToken == Guid.Empty ? Guid.NewGuid() : lockToken).ToByteArray();
}
