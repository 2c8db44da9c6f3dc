using Azure.Messaging.ServiceBus;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.SampleApp;

/// <summary>
/// Does what the message's subject says: steps with blanks between them, and a bar before those of the next delivery; a
/// delivery without steps of its own completes the message. How each step ended is logged under the message's id.
/// </summary>
internal sealed partial class MessageScript(Gates gates, ILogger<MessageScript> logger)
{
    public async Task RunAsync(
        ServiceBusReceivedMessage message, ServiceBusMessageActions actions, FunctionContext context)
    {
        var deliveries = (message.Subject ?? "").Split('|');
        var steps = message.DeliveryCount <= deliveries.Length ? deliveries[message.DeliveryCount - 1] : "complete";
        Log.Began(
            logger, message.MessageId, message.DeliveryCount, message.GetRawAmqpMessage().Body.BodyType.ToString(),
            context.TraceContext.TraceParent, message.LockToken);
        foreach (var step in steps.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step == "throw")
            {
                throw new InvalidOperationException($"{message.MessageId} throws.");
            }

            if (step == "later")
            {
                _ = SettleLaterAsync(message, actions);
            }
            else
            {
                await DoAsync(step, message, actions, context);
            }
        }
    }

    async Task SettleLaterAsync(ServiceBusReceivedMessage message, ServiceBusMessageActions actions)
    {
        await gates.PassAsync(message.MessageId);
        await DoAsync("complete", message, actions, context: null);
    }

    async Task DoAsync(
        string step, ServiceBusReceivedMessage message, ServiceBusMessageActions actions, FunctionContext? context)
    {
        try
        {
            await (step switch
            {
                "complete" => actions.CompleteMessageAsync(message),
                "abandon" => actions.AbandonMessageAsync(message),
                "abandon-with" => actions.AbandonMessageAsync(message, Properties.OfEveryType()),
                "dead-letter" => actions.DeadLetterMessageAsync(message),
                "dead-letter-why" => actions.DeadLetterMessageAsync(
                    message, deadLetterReason: "Why", deadLetterErrorDescription: "More on it."),
                "dead-letter-with" =>
                    actions.DeadLetterMessageAsync(message, Properties.OfEveryType(), "Why", "More on it."),
                "dead-letter-described" => actions.DeadLetterMessageAsync(
                    message, Properties.OfEveryType(), deadLetterErrorDescription: "More on it."),
                "defer" => actions.DeferMessageAsync(message),
                "defer-with" => actions.DeferMessageAsync(message, Properties.OfEveryType()),
                "renew" => actions.RenewMessageLockAsync(message),
                "wait" => WaitAsync(message.MessageId, context!.CancellationToken),
                "until-cancelled" => UntilCancelledAsync(context!.CancellationToken),
                "nothing" => Task.CompletedTask,
                _ => throw new ArgumentException($"There is no step {step}."),
            });
            Log.Did(logger, message.MessageId, step);
        }
        catch (RpcException refused)
        {
            Log.Refused(logger, message.MessageId, step, refused.StatusCode, refused.Status.Detail.Split('\n')[0]);
        }
    }

    // A cancellation is told, and not heeded.
    async Task WaitAsync(string message, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => Log.Cancelled(logger, message));
        await gates.PassAsync(message);
    }

    static async Task UntilCancelledAsync(CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(cancelled.SetResult);
        await cancelled.Task;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Information, "{Message} began, delivery {Delivery}, body {Body}, trace {Trace}, lock {Lock}")]
        public static partial void Began(
            ILogger logger, string message, int delivery, string body, string? trace, string @lock);

        [LoggerMessage(2, LogLevel.Information, "{Message} did {Step}")]
        public static partial void Did(ILogger logger, string message, string step);

        [LoggerMessage(3, LogLevel.Information, "{Message} was refused {Step}: {Status} {Detail}")]
        public static partial void Refused(
            ILogger logger, string message, string step, StatusCode status, string detail);

        [LoggerMessage(4, LogLevel.Information, "{Message} is cancelled")]
        public static partial void Cancelled(ILogger logger, string message);
    }
}
