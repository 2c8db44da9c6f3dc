using System.Globalization;

namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>The reasons that the service itself gives.</summary>
internal static class DeadLetterReasons
{
    public static PropertyChanges Expired() =>
        PropertyChanges.DeadLetterReason("TTLExpiredException", "The message expired and was dead lettered.");

    public static PropertyChanges DeliveredTooOften(int times) => PropertyChanges.DeadLetterReason(
        "MaxDeliveryCountExceeded",
        string.Create(CultureInfo.InvariantCulture, $"Message could not be consumed after {times} delivery attempts."));
}
