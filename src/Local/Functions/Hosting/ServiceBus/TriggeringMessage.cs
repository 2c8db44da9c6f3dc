using Azure.Messaging.ServiceBus;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>What a Service Bus trigger brings.</summary>
internal sealed record TriggeringMessage(ServiceBusReceivedMessage Message, ServiceBusMessageActions Actions);
