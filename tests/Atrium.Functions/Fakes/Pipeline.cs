using System.Net;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Messaging;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// The functions from the event to the settled delivery; a test carries the messages from one to the next.
/// </summary>
sealed class Pipeline : IAsyncDisposable
{
    readonly IngestFunction _ingest;
    readonly FanOutFunction _fanOut;

    Pipeline(DeliveryRig rig, AtriumMetrics metrics)
    {
        Rig = rig;
        var patient = new PatientSender(rig.Time, Some.Outages());
        var events = new EventQueue(Events, patient, rig.Time);
        var fanOut = new FanOut(
            new SubscriptionReads(new SubscriptionStore(rig.Tables)), new DeliveryQueue(rig.Queue, patient, rig.Time),
            metrics, NullLogger<FanOut>.Instance);
        _ingest = new IngestFunction(events, Some.EventKeys(rig.Tables, rig.Time), metrics, rig.Time);
        _fanOut = new FanOutFunction(
            fanOut,
            events,
            new MessageSettler(metrics, Some.Outages(), NullLogger<MessageSettler>.Instance),
            new PutBacks(metrics, Some.Outages(), Some.NoJitter),
            NullLogger<FanOutFunction>.Instance);
    }

    public DeliveryRig Rig { get; }

    /// <summary>What was sent to <c>visitor-events</c>.</summary>
    public RecordingSender Events { get; } = new();

    /// <summary>How the messages of <c>visitor-events</c> were settled.</summary>
    public RecordingActions FanOutActions { get; } = new();

    public static async Task<Pipeline> StartAsync(AtriumMetrics? metrics = null)
    {
        metrics ??= Some.Metrics();
        return new Pipeline(await DeliveryRig.StartAsync(metrics), metrics);
    }

    /// <returns>The message on <c>visitor-events</c>.</returns>
    public async Task<ServiceBusMessage> IngestAsync(BinaryData? body = null)
    {
        var request = HttpCall.Of("POST", $"/api/events?tenant={Some.Tenant}", body ?? SampleEvents.CheckedIn);
        Assert.Equal(
            HttpStatusCode.Accepted, (await HttpCall.AnswerAsync(request, _ingest.RunAsync(request, default))).Status);
        return Events.Sent[^1];
    }

    /// <returns>What is on <c>deliveries</c> then.</returns>
    public async Task<ServiceBusMessage?> FanOutAsync(ServiceBusMessage message)
    {
        await FanOutAsync(Some.Received(message));
        return Rig.Queue.Sent is [.., var last] ? last : null;
    }

    public Task FanOutAsync(ServiceBusReceivedMessage message) => _fanOut.RunAsync(message, FanOutActions, default);

    /// <returns>What is on <c>deliveries</c> then.</returns>
    public async Task<ServiceBusMessage> DeliverAsync(ServiceBusMessage message)
    {
        await Rig.RunAsync(Some.Received(message));
        return Rig.Queue.Sent[^1];
    }

    public ValueTask DisposeAsync() => Rig.DisposeAsync();
}
