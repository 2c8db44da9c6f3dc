namespace Azure.Messaging.ServiceBus;

/// <summary>The application properties that mean something to the service or to tracing.</summary>
internal static class PropertyName
{
    public const string DeadLetterReason = "DeadLetterReason";
    public const string DeadLetterErrorDescription = "DeadLetterErrorDescription";

    public static readonly string[] OfOneDelivery =
    [
        DeadLetterReason, DeadLetterErrorDescription, "Diagnostic-Id", "traceparent", "tracestate",
    ];
}
