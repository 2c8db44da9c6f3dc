namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>What one Service Bus emulator serves, and where it keeps it.</summary>
public sealed record ServiceBusEmulatorOptions
{
    /// <summary>The file that declares the queues, in the format of the official emulator's config.json.</summary>
    public required string ConfigFile { get; init; }

    /// <summary>
    /// The SQLite file that keeps the messages. It is created when missing; one process at a time may use it.
    /// </summary>
    public required string DatabaseFile { get; init; }

    /// <summary>The TCP port on the loopback addresses, 1 to 65535; 0, the default, takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>How many times faster than real time the broker's durations run (locks, schedules, times to live, the
    /// duplicate window): 0.001 to 100000. Timestamps on the wire stay in real time.</summary>
    /// <value>The default is 1.</value>
    public double ClockSpeed { get; init; } = 1;

    /// <summary>
    /// Whether a lock lasts as long as the queue says by the real clock, however fast the broker's runs: a client needs
    /// as long for its work as ever.
    /// </summary>
    /// <value>The default is false: locks run out by the broker's clock.</value>
    public bool RealLocks { get; init; }

    /// <summary>The tier whose limits to keep.</summary>
    /// <value>The default is Standard, which the template deploys unless told otherwise.</value>
    public ServiceBusTier Tier { get; init; } = ServiceBusTier.Standard;

    /// <summary>
    /// Whether to keep the Standard tier's limits of load, too: 1,000 credits a second of the broker's clock, and 6,000
    /// unsettled deliveries on a link.
    /// </summary>
    /// <value>The default is false: no load is too much.</value>
    public bool StandardLimits { get; init; }

    /// <summary>
    /// Whether a message can no longer be settled, or its lock be renewed, once the link has ended that it came by. It
    /// stays locked for as long as it was to be, and is counted then. The service says only that it may be so
    /// (https://learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement).
    /// </summary>
    /// <value>The default is false: locks outlive their link.</value>
    public bool LocksEndWithLink { get; init; }
}
