using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Messaging;

/// <summary>
/// Settles messages, even while the host is stopping: no function's token is passed on. A settlement that fails is not
/// repeated, because it may have taken effect. If it did not, the lock runs out, the message comes again, and is
/// settled by its record.
/// </summary>
internal sealed partial class MessageSettler(AtriumMetrics metrics, OutageLog outages, ILogger<MessageSettler> logger)
{
    public Task CompleteAsync(ServiceBusMessageActions actions, ServiceBusReceivedMessage message) =>
        TryAsync(message, "complete", () => actions.CompleteMessageAsync(message, CancellationToken.None));

    /// <param name="actions">Settles.</param>
    /// <param name="reason">A constant, because dead letters are counted by it.</param>
    /// <param name="description">What is wrong; cut off where Service Bus would refuse it.</param>
    /// <param name="more">Application properties to set on it, beside those that it has; null for none.</param>
    public async Task DeadLetterAsync(
        ServiceBusMessageActions actions, ServiceBusReceivedMessage message, string queue, string reason,
        string description, Dictionary<string, object>? more = null)
    {
        var settled = await TryAsync(message, "dead-letter", () => actions.DeadLetterMessageAsync(
            message,
            propertiesToModify: more,
            deadLetterReason: reason,
            deadLetterErrorDescription: description.Truncate(DeadLetterReason.MaxDescriptionLength),
            cancellationToken: CancellationToken.None));
        // A message that was not settled comes again, and would be counted twice.
        if (settled)
        {
            Log.DeadLettered(logger, LoggedId.Of(message.MessageId), reason);
            metrics.DeadLettered(queue, reason);
        }
    }

    async Task<bool> TryAsync(ServiceBusReceivedMessage message, string settlement, Func<Task> settle)
    {
        try
        {
            await settle();
            outages.Succeeded(Dependency.ServiceBus);
            return true;
        }
        catch (RpcException e)
        {
            var reason = ReasonOf(e);
            if (reason is { } named && Outage.IsOne(named))
            {
                outages.Failed(Dependency.ServiceBus, e);
            }
            else
            {
                Log.NotSettled(
                    logger, settlement, LoggedId.Of(message.MessageId), e.StatusCode, reason,
                    ErrorText.Line(e.Status.Detail));
            }

            return false;
        }
    }

    // The host passes on Service Bus's error as text, with the reason in brackets.
    static ServiceBusFailureReason? ReasonOf(RpcException exception) => exception.StatusCode != StatusCode.Unknown
        ? null
        : Enum.GetValues<ServiceBusFailureReason>()
            .Cast<ServiceBusFailureReason?>()
            .FirstOrDefault(reason => exception.Status.Detail.Contains($"({reason})", StringComparison.Ordinal));

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Message {MessageId} goes to the dead-letter queue as {Reason}")]
        public static partial void DeadLettered(ILogger logger, string? messageId, string reason);

        [LoggerMessage(2, LogLevel.Warning,
            "Could not {Settlement} message {MessageId} ({Status} {Reason}: {Error}); "
            + "it comes again when its lock has run out")]
        public static partial void NotSettled(
            ILogger logger, string settlement, string? messageId, StatusCode status, ServiceBusFailureReason? reason,
            string error);
    }
}

/// <summary>Why this app dead-letters a message; the broker adds reasons of its own.</summary>
internal static class DeadLetterReason
{
    /// <summary>The tenth attempt failed.</summary>
    public const string AttemptsExhausted = nameof(AttemptsExhausted);

    /// <summary>A message on <c>deliveries</c> that this app cannot read.</summary>
    public const string InvalidDelivery = nameof(InvalidDelivery);

    /// <summary>A message on <c>visitor-events</c> that is not an event.</summary>
    public const string InvalidEvent = nameof(InvalidEvent);

    /// <summary>A message on <c>jobs</c> that is not a step of a job.</summary>
    public const string InvalidJob = nameof(InvalidJob);

    /// <summary>Service Bus refuses longer descriptions (and reasons).</summary>
    public const int MaxDescriptionLength = 4096;
}

internal static class Truncation
{
    /// <summary>
    /// The beginning of a text, at most <paramref name="length"/> characters, and never half of a surrogate pair:
    /// stores refuse such text.
    /// </summary>
    public static string Truncate(this string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
