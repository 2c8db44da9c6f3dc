using System.Threading.Channels;
using Atrium.Local.Functions.Tests.Support;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Local.Functions.Tests.ServiceBus;

/// <summary>What the functions of these tests do, and who waits for it.</summary>
sealed class Script
{
    readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    public Func<ServiceBusReceivedMessage, ServiceBusMessageActions, FunctionContext, Task> Do { get; init; } = static (_, _, _) => Task.CompletedTask;

    /// <summary>Whether a call waits until the test ends it.</summary>
    public bool Held { get; init; }

    public bool AnyCall => _calls.Reader.Count > 0;

    public Task<Call> NextAsync() => _calls.Reader.ReadAsync().AsTask().Soon();

    public async Task RunAsync(ServiceBusReceivedMessage message, ServiceBusMessageActions actions, FunctionContext context)
    {
        var call = new Call(message, actions, context);
        _calls.Writer.TryWrite(call);
        await Do(message, actions, context);
        if (Held)
        {
            await call.End.Task;
        }
    }

    internal sealed record Call(ServiceBusReceivedMessage Message, ServiceBusMessageActions Actions, FunctionContext Context)
    {
        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
