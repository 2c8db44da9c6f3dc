using System.Text.Json;
using System.Text.Json.Serialization;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Parking;

/// <summary>
/// Sends a subscription's parked deliveries back to <c>deliveries</c>, oldest first: the same attempts of the same
/// runs. First the message there, then the end of the one here: a crash between the two is a duplicate that the broker
/// drops.
/// </summary>
internal sealed class ResumeWork(
    SubscriptionStore store, QueueSweep sweep, DeliveryQueue deliveries, ParkedQueue parked,
    TimeProvider time) : IJobWork
{
    public JobKind Kind => JobKind.Resume;

    public async Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken)
    {
        var subscriptionId = ResumeArguments.Read(job.Arguments).SubscriptionId;
        var isPaused = await IsPausedAsync(cancellationToken);
        JobStep step = new JobStep.Finished();
        if (!isPaused)
        {
            step = await SweepAsync(null);
            if (step is JobStep.Failed)
            {
                // More of others lies in front than is held: they make way.
                step = await SweepAsync(new OthersInFront());
            }
        }

        return isPaused
            ? new JobStep.Stopped(
                "The subscription was paused again. What is still parked stays so until it is resumed.")
            {
                Counts =
                step.Counts
            }
            : step;

        Task<JobStep> SweepAsync(OthersInFront? others) =>
            sweep.StepAsync(
                new SweepOrder(
                job, message => Choose(message, others), ActAsync)
                { MostHeld = OthersInFront.MostHeld },
                cancellationToken);

        // What is not understood waits for the version of the app that does.
        SweepChoice Choose(ServiceBusReceivedMessage message, OthersInFront? others) =>
            DeliveryMessageReader.Read(message) is not DeliveryReading.Understood(var delivery)
                ? (NamesThis(message) ? SweepChoice.Skip : SweepChoice.Leave)
            : IsWanted(delivery) ? SweepChoice.Take
            : others?.Stays(message) == false ? SweepChoice.Move
            : SweepChoice.Leave;

        async Task<bool> ActAsync(IReadOnlyList<ServiceBusReceivedMessage> messages, CancellationToken token)
        {
            isPaused = await IsPausedAsync(token);
            if (isPaused)
            {
                return false;
            }

            var now = time.GetUtcNow();
            var chosen = messages.Select(DeliveryMessageReader.Read).Cast<DeliveryReading.Understood>()
                .Select(reading => reading.Message).ToLookup(IsWanted);
            await deliveries.SendAsync(
                chosen[true].OrderBy(delivery => delivery.AcceptedAt).Select(delivery => delivery.Resumed(now)), token);
            await parked.ParkAsync(chosen[false].Select(delivery => delivery.Again(null)), token);
            return true;
        }

        bool NamesThis(ServiceBusReceivedMessage message) =>
            MessageTenant.IsCoveredBy(job, message)
            && message.ApplicationProperties.GetValueOrDefault(DeliveryProperties.Subscription) is string named
            && named == subscriptionId;

        bool IsWanted(DeliveryMessage delivery) =>
            delivery.Tenant == job.Tenant && delivery.SubscriptionId == subscriptionId;

        // A deleted one's go back as well, and end there with a record.
        async Task<bool> IsPausedAsync(CancellationToken token) =>
            await store.FindAsync(job.Tenant, subscriptionId, token) is { PausedAt: not null };
    }
}

/// <summary>What a job of the kind <c>Resume</c> was asked for.</summary>
/// <param name="SubscriptionId">Whose parked deliveries go out.</param>
internal sealed record ResumeArguments(string SubscriptionId)
{
    public string Write() => JsonSerializer.Serialize(this, ParkingJson.Default.ResumeArguments);

    public static ResumeArguments Read(string json) =>
        JsonSerializer.Deserialize(json, ParkingJson.Default.ResumeArguments)!;
}

/// <summary>How a job's arguments are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ResumeArguments))]
internal sealed partial class ParkingJson : JsonSerializerContext;
