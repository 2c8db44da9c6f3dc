using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Local.SampleApp;

/// <summary>The three ways to say who completes a message. What they do is the message's script.</summary>
internal sealed class QueueFunctions(MessageScript script)
{
    [Function("Manual")]
    public Task ManualAsync(
        [ServiceBusTrigger("%ManualQueue%", AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        FunctionContext context) => script.RunAsync(message, actions, context);

    [Function("Automatic")]
    public Task AutomaticAsync(
        [ServiceBusTrigger("automatic", Connection = "ServiceBus", AutoCompleteMessages = true)]
        ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        FunctionContext context) => script.RunAsync(message, actions, context);

    [Function("Silent")]
    public Task SilentAsync(
        [ServiceBusTrigger("silent")] ServiceBusReceivedMessage message, ServiceBusMessageActions actions,
        FunctionContext context) =>
        script.RunAsync(message, actions, context);
}
