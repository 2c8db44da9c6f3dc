using Azure.Messaging.ServiceBus;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>Makes the client for an address. A test puts one of its own into the app's services.</summary>
internal delegate ServiceBusClient OpenServiceBus(ServiceBusAddress address, ServiceBusClientOptions options);
