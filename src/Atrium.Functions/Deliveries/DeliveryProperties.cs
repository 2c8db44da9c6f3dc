namespace Atrium.Functions.Deliveries;

/// <summary>Names of the application properties of a message on <c>deliveries</c>. Messages outlive deployments: a name here never changes.</summary>
internal static class DeliveryProperties
{
    /// <summary>The version of this list that a message follows.</summary>
    public const int CurrentVersion = 1;

    public const string Version = "version";
    public const string Tenant = "tenant";
    public const string Subscription = "subscription";
    public const string Event = "event";
    public const string EventId = "eventId";
    public const string Delivery = "delivery";
    public const string Run = "run";
    public const string Attempt = "attempt";
    public const string PutBack = "putBack";
    public const string AcceptedAt = "acceptedAt";
    public const string LivesFrom = "livesFrom";
    public const string RunStartedAt = "runStartedAt";
    public const string DueAt = "dueAt";
    public const string Unrecorded = "unrecorded";
}
