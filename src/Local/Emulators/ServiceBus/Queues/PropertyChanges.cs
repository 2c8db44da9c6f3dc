namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>Application properties to be set on a message as it is settled; the values are AMQP primitives.</summary>
internal sealed class PropertyChanges : Dictionary<string, object?>
{
    public PropertyChanges()
        : base(StringComparer.Ordinal)
    {
    }

    public static PropertyChanges DeadLetterReason(string reason, string description) => new()
    {
        ["DeadLetterReason"] = reason,
        ["DeadLetterErrorDescription"] = description,
    };
}
