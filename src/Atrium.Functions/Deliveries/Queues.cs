namespace Atrium.Functions.Deliveries;

/// <summary>The Service Bus queues, and the setting under which their namespace is connected.</summary>
internal static class Queues
{
    /// <summary>Events as Atrium published them, one message an event.</summary>
    public const string VisitorEvents = "visitor-events";

    /// <summary>One message for each event and matching subscription; retries are scheduled on it.</summary>
    public const string Deliveries = "deliveries";

    /// <summary>Name of the connection string, or prefix of the identity-based settings (<c>ServiceBus__fullyQualifiedNamespace</c>).</summary>
    public const string Connection = "ServiceBus";
}
