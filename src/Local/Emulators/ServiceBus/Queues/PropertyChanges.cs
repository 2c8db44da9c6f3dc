using System.Globalization;

namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>Application properties to be set on a message as it is settled; the values are AMQP primitives.</summary>
internal sealed class PropertyChanges : Dictionary<string, object?>
{
    public const string Reason = "DeadLetterReason";
    public const string Description = "DeadLetterErrorDescription";

    public static PropertyChanges DeadLetterReason(string reason, string description) =>
        new() { [Reason] = reason, [Description] = description };

    /// <summary>The service's own reason when a message's time to live is over.</summary>
    public static PropertyChanges Expired() =>
        DeadLetterReason("TTLExpiredException", "The message expired and was dead lettered.");

    /// <summary>The service's own reason when no delivery is left.</summary>
    public static PropertyChanges DeliveredTooOften(int times) => DeadLetterReason(
        "MaxDeliveryCountExceeded",
        string.Create(CultureInfo.InvariantCulture, $"Message could not be consumed after {times} delivery attempts."));
}
