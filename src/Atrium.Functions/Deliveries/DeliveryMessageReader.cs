using System.Globalization;
using System.Text.Json;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Names = Atrium.Functions.Deliveries.DeliveryProperties;

namespace Atrium.Functions.Deliveries;

/// <summary>Reads a delivery off the queue, trusting nothing: a message may come from another version or another program.</summary>
internal static class DeliveryMessageReader
{
    public static DeliveryReading Read(ServiceBusReceivedMessage message)
    {
        var properties = message.ApplicationProperties;
        if (!properties.TryGetValue(Names.Version, out var version) || version is not Names.CurrentVersion)
        {
            return new DeliveryReading.Invalid(
                $"The message's version is {version ?? "missing"}; this app understands version {Names.CurrentVersion}. Deploy the app that understands it, then replay.");
        }

        try
        {
            return new DeliveryReading.Understood(new DeliveryMessage
            {
                Tenant = Key(properties, Names.Tenant),
                SubscriptionId = Key(properties, Names.Subscription),
                EventId = Text(properties, Names.EventId),
                EventType = Text(properties, Names.Event),
                DeliveryId = Key(properties, Names.Delivery),
                Run = Number(properties, Names.Run, 1, int.MaxValue),
                Attempt = Number(properties, Names.Attempt, 1, RetrySchedule.MaxAttempts),
                PutBack = Number(properties, Names.PutBack, 0, int.MaxValue),
                AcceptedAt = Time(properties, Names.AcceptedAt),
                LivesFrom = Time(properties, properties.ContainsKey(Names.LivesFrom) ? Names.LivesFrom : Names.AcceptedAt),
                RunStartedAt = Time(properties, Names.RunStartedAt),
                DueAt = Time(properties, Names.DueAt),
                Unrecorded = properties.TryGetValue(Names.Unrecorded, out var json)
                    ? JsonSerializer.Deserialize((string)json, DeliveryJson.Default.AttemptRecord)
                    : null,
                Trace = MessageTrace.Of(message),
                Body = message.Body,
            });
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidCastException)
        {
            return new DeliveryReading.Invalid(e.Message);
        }
    }

    static string Text(IReadOnlyDictionary<string, object> properties, string name) =>
        properties.TryGetValue(name, out var value) && value is string { Length: > 0 } text
            ? text
            : throw new FormatException($"The property '{name}' is missing or no text.");

    // What becomes part of a table's keys: it could name other rows, or none that a table takes.
    static string Key(IReadOnlyDictionary<string, object> properties, string name) =>
        Text(properties, name) is var key && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            ? key
            : throw new FormatException($"The property '{name}' holds other characters than letters, digits, dots, hyphens and underscores.");

    static int Number(IReadOnlyDictionary<string, object> properties, string name, int least, int most) =>
        properties.TryGetValue(name, out var value) && value is int number && number >= least && number <= most
            ? number
            : throw new FormatException($"The property '{name}' is missing or not between {least} and {most}.");

    static DateTimeOffset Time(IReadOnlyDictionary<string, object> properties, string name) =>
        DateTimeOffset.TryParseExact(
            Text(properties, name), "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new FormatException($"The property '{name}' is no time in round-trip format.");
}
