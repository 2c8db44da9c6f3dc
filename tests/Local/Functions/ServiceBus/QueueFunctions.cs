using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Local.Functions.Tests.ServiceBus;

static class QueueFunctions
{
    internal sealed class Manual(Script script)
    {
        [Function("Handle")]
        public Task RunAsync(
            [ServiceBusTrigger("visits", Connection = "Bus", AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
            ServiceBusMessageActions actions,
            FunctionContext context) => script.RunAsync(message, actions, context);
    }

    internal sealed class Auto(Script script)
    {
        [Function("Handle")]
        public Task RunAsync(
            [ServiceBusTrigger("visits", Connection = "Bus", AutoCompleteMessages = true)] ServiceBusReceivedMessage message,
            ServiceBusMessageActions actions,
            FunctionContext context) => script.RunAsync(message, actions, context);
    }

    internal sealed class Unsaid(Script script)
    {
        [Function("Handle")]
        public Task RunAsync(
            [ServiceBusTrigger("%QueueName%", Connection = "Bus")] ServiceBusReceivedMessage message,
            ServiceBusMessageActions actions,
            FunctionContext context) => script.RunAsync(message, actions, context);
    }

    internal sealed class Texts
    {
        public static TaskCompletionSource<string> Text { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static TaskCompletionSource<byte[]> Bytes { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Function("Text")]
        public static void OnText([ServiceBusTrigger("visits", Connection = "Bus")] string text) => Text.TrySetResult(text);
    }

    internal sealed class Bytes
    {
        [Function("Bytes")]
        public static void OnBytes([ServiceBusTrigger("visits", Connection = "Bus")] byte[] bytes) => Texts.Bytes.TrySetResult(bytes);
    }
}
