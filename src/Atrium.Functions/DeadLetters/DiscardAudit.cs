using Atrium.Functions.Jobs;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>The record that a discarded message leaves: ids and reason, nothing of its body.</summary>
internal sealed partial class DiscardAudit(ILogger<DiscardAudit> logger)
{
    /// <returns>True: they can go.</returns>
    public Task<bool> RecordAsync(Job job, IReadOnlyList<ServiceBusReceivedMessage> messages)
    {
        foreach (var message in messages)
        {
            var letter = DeadLetter.Of(job.Source, message);
            Log.Discarding(
                logger, letter.Queue, letter.SequenceNumber, letter.Tenant, LoggedId.Of(letter.SubscriptionId),
                LoggedId.Of(letter.DeliveryId), LoggedId.Of(letter.EventId), LoggedId.Of(letter.Reason), job.Kind,
                job.Id);
        }

        return Task.FromResult(true);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Discarding message {SequenceNumber} of {Queue}: tenant {Tenant}, subscription {SubscriptionId}, delivery "
                + "{DeliveryId}, event {EventId}, reason {Reason}; {Kind} by job {JobId}")]
        public static partial void Discarding(
            ILogger logger, string queue, string sequenceNumber, string tenant, string? subscriptionId,
            string? deliveryId, string? eventId, string? reason, JobKind kind, string jobId);
    }
}
