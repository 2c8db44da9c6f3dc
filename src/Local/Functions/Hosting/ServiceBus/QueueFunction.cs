using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Hosting.Invocation;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>Runs one function for one message at a time, and does with the message what the function did not.</summary>
internal sealed partial class QueueFunction(
    BoundFunction function, QueueTrigger trigger, FunctionInvoker invoker, TimeProvider time, ILogger<QueueFunction> logger)
{
    readonly LockedMessages _locked = new();

    /// <summary>Runs the function, renewing the lock meanwhile; afterwards completes, abandons, or leaves the message to its lock.</summary>
    public async Task HandleAsync(ServiceBusReceivedMessage message, ServiceBusReceiver receiver)
    {
        var locked = _locked.Add(message, receiver);
        await using var renewal = LockRenewal.Start(locked, trigger.Settings.MaxAutoLockRenewalDuration, time, logger);
        var returned = await RunAsync(locked);

        // Without a token: the message is settled even while the host stops.
        switch (returned, trigger.AutoComplete)
        {
            case (returned: false, _):
                await SettleAsync(locked, receiver => receiver.AbandonMessageAsync(message, propertiesToModify: null, CancellationToken.None));
                break;
            case (returned: true, AutoComplete: true):
                await SettleAsync(locked, receiver => receiver.CompleteMessageAsync(message, CancellationToken.None));
                break;
            case (returned: true, AutoComplete: false) when !locked.IsOver:
                Log.LeftUnsettled(logger, function.Name, message.MessageId, message.LockedUntil);
                break;
            default:
                break;
        }
    }

    /// <returns>Whether the function returned, rather than threw.</returns>
    async Task<bool> RunAsync(LockedMessage locked)
    {
        try
        {
            await invoker.InvokeAsync(function, MessageCause.Of(locked.Message, new ServiceBusMessageActions(_locked)), CancellationToken.None);
            return true;
        }
        catch (Exception)
        {
            // The invoker has logged it.
            return false;
        }
        finally
        {
            // From here on the function's actions are refused, as on Azure.
            _locked.Remove(locked);
        }
    }

    /// <summary>Settles what the function did not settle itself.</summary>
    async Task SettleAsync(LockedMessage locked, Func<ServiceBusReceiver, Task> settlement)
    {
        try
        {
            await locked.TrySettleAsync(settlement);
        }
        catch (Exception failure)
        {
            Log.NotSettled(logger, failure, locked.Message.MessageId, function.Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Function {Function} returned without settling message {MessageId}, and completes none by itself: the message is delivered again after {LockedUntil}.")]
        public static partial void LeftUnsettled(ILogger logger, string function, string? messageId, DateTimeOffset lockedUntil);

        [LoggerMessage(2, LogLevel.Warning, "Message {MessageId} could not be settled after function {Function}; it is delivered again when its lock expires.")]
        public static partial void NotSettled(ILogger logger, Exception failure, string? messageId, string function);
    }
}
