using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Hosting.Invocation;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>A message as the cause of an invocation.</summary>
internal static class MessageCause
{
    // The service's clients write the first; others write W3C's own.
    static readonly string[] s_traceProperties = ["Diagnostic-Id", "traceparent"];

    public static Cause Of(ServiceBusReceivedMessage message, ServiceBusMessageActions actions) =>
        new(new TriggeringMessage(message, actions), Data(message), Trace(message));

    static ReceivedTrace Trace(ServiceBusReceivedMessage message) => new(
        s_traceProperties.Select(name => message.ApplicationProperties.GetValueOrDefault(name) as string).FirstOrDefault(parent => parent is { Length: > 0 }),
        message.ApplicationProperties.GetValueOrDefault("tracestate") as string);

    static Dictionary<string, object?> Data(ServiceBusReceivedMessage message) => new()
    {
        ["MessageId"] = message.MessageId,
        ["DeliveryCount"] = message.DeliveryCount,
        ["SequenceNumber"] = message.SequenceNumber,
        ["EnqueuedTimeUtc"] = message.EnqueuedTime.UtcDateTime,
        ["LockToken"] = message.LockToken,
        ["CorrelationId"] = message.CorrelationId,
        ["Subject"] = message.Subject,
        ["ApplicationProperties"] = message.ApplicationProperties,
    };
}
