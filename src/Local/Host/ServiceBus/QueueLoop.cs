using System.Diagnostics;
using Atrium.Local.Emulators;
using Atrium.Local.Host.Worker;
using Azure.Messaging.ServiceBus;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host.ServiceBus;

/// <summary>
/// Feeds a function with the messages of its queue. If it throws, the SDK's processor abandons the message.
/// </summary>
internal sealed partial class QueueLoop(
    Function function, QueueTrigger trigger, ServiceBusClients clients, RunningMessages running,
    InvokeFunction invoke, TimeProvider time,
    ILogger<QueueLoop> logger) : ITriggerLoop
{
    // A message's own trace, under the names that senders give it.
    static readonly string[] TraceProperties = ["traceparent", "Diagnostic-Id"];

    // With Service Bus gone, each of a processor's many receivers fails again and again.
    readonly OnceAMinute _failures = new(time);
    ServiceBusProcessor? _processor;

    public string Listing => $"{function.Name}: serviceBusTrigger {trigger.Queue}";

    public void Open()
    {
        _processor = trigger.Processor(clients.For(trigger.Connection, trigger.Queue, $"{function}"));
        _processor.ProcessMessageAsync += RunAsync;
        _processor.ProcessErrorAsync += TellAsync;
    }

    public Task StartAsync() => _processor!.StartProcessingAsync();

    // The processor's own token is for what comes before it waits for the functions.
    public Task StopAsync(CancellationToken giveUp) =>
        _processor?.StopProcessingAsync(CancellationToken.None).WaitAsync(giveUp) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _processor?.DisposeAsync() ?? ValueTask.CompletedTask;

    async Task RunAsync(ProcessMessageEventArgs arguments)
    {
        running.Add(arguments);
        try
        {
            await invoke(
                function,
                new() { Name = function.Parameter, Data = new() { ModelBindingData = Encode(arguments.Message) } },
                TraceOf(arguments.Message));
        }
        finally
        {
            running.Remove(arguments);
        }
    }

    Task TellAsync(ProcessErrorEventArgs error)
    {
        // A function's failure has been logged already. Here it only abandons the message. The host's stop does the
        // same.
        if (error.Exception is not (FunctionFailedException or OperationCanceledException)
            && _failures.Next() is { } untold)
        {
            Log.Failed(
                logger, error.EntityPath, error.ErrorSource, untold, error.Exception.GetType().Name,
                error.Exception.Message.Split('\n')[0]);
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// As the worker takes it: the lock token as .NET writes a GUID, and behind it the message as AMQP has it.
    /// </summary>
    static Worker.Messages.ModelBindingData Encode(ServiceBusReceivedMessage message) => new()
    {
        Version = "1.0",
        Source = "AzureServiceBusReceivedMessage",
        ContentType = "application/octet-stream",
        Content = ByteString.CopyFrom(
            [.. Guid.Parse(message.LockToken).ToByteArray(), .. message.GetRawAmqpMessage().ToBytes().ToArray()]),
    };

    static ActivityContext TraceOf(ServiceBusReceivedMessage message)
    {
        foreach (var name in TraceProperties)
        {
            if (message.ApplicationProperties.TryGetValue(name, out var value)
                && ActivityContext.TryParse(value as string, null, isRemote: true, out var context))
            {
                return context;
            }
        }

        return default;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Error,
            "Queue {Queue}: {Source} failed, and {Untold} times more since the last such line. {Kind}: {Message}")]
        public static partial void Failed(
            ILogger logger, string queue, ServiceBusErrorSource source, int untold, string kind, string message);
    }
}
