using System.Diagnostics.CodeAnalysis;

namespace Azure.Messaging.ServiceBus;

/// <summary>Which part of an entity a receiver reads.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "The real package calls it so.")]
public enum SubQueue
{
    /// <summary>The entity itself.</summary>
    None = 0,

    /// <summary>Its dead-letter queue.</summary>
    DeadLetter = 1,

    /// <summary>The dead-letter queue of its transfers.</summary>
    TransferDeadLetter = 2,
}
