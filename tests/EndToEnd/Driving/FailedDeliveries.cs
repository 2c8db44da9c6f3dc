using System.Globalization;
using Azure.Messaging.ServiceBus;

namespace Atrium.EndToEnd;

/// <summary>
/// Messages of the queue <c>deliveries</c>, at their tenth attempt or an earlier one, as the app's contract has them.
/// </summary>
internal static class FailedDeliveries
{
    public static string IdOf(int number) => $"msg_{number:x32}";

    public static ServiceBusMessage Of(
        int number, string subscription, string tenant = "default", string body = Events.CheckedIn,
        int attempt = 10)
    {
        var accepted = (TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(20)).UtcDateTime.ToString(
            "O", CultureInfo.InvariantCulture);
        return new ServiceBusMessage(BinaryData.FromString(body))
        {
            MessageId = $"{IdOf(number)}:1:{attempt}.0",
            CorrelationId = IdOf(number),
            Subject = "visitor.checked_in",
            ContentType = "application/json",
            ApplicationProperties =
            {
                ["version"] = 1,
                ["tenant"] = tenant,
                ["subscription"] = subscription,
                ["event"] = "visitor.checked_in",
                ["eventId"] = $"evt_{number:x32}",
                ["delivery"] = IdOf(number),
                ["run"] = 1,
                ["attempt"] = attempt,
                ["putBack"] = 0,
                ["acceptedAt"] = accepted,
                ["runStartedAt"] = accepted,
                ["dueAt"] = accepted,
            },
        };
    }

    public static string SubscriptionOf(ServiceBusReceivedMessage message) =>
        (string)message.ApplicationProperties["subscription"];
}
