using System.Net;
using Atrium.Functions.Events;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// The functions from the event to the settled delivery; a test carries the messages from one to the next.
/// </summary>
sealed class Pipeline : IAsyncDisposable
{
    Pipeline(DeliveryRig rig) => Rig = rig;

    public DeliveryRig Rig { get; }

    /// <summary>What was sent to <c>visitor-events</c>.</summary>
    public RecordingSender Events => Rig.Bus.Sender(Queues.VisitorEvents);

    /// <summary>How the messages of <c>visitor-events</c> were settled.</summary>
    public RecordingActions FanOutActions { get; } = new();

    public static async Task<Pipeline> StartAsync(Action<IServiceCollection>? replace = null) =>
        new(await DeliveryRig.StartAsync(replace));

    /// <returns>The message on <c>visitor-events</c>.</returns>
    public async Task<ServiceBusMessage> IngestAsync(BinaryData? body = null)
    {
        var request = HttpCall.Of("POST", $"/api/events?tenant={Some.Tenant}", body ?? SampleEvents.CheckedIn);
        var answer = await HttpCall.AnswerAsync(request, Rig.Get<IngestFunction>().RunAsync(request, default));
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        return Events.Sent[^1];
    }

    /// <returns>What is on <c>deliveries</c> then.</returns>
    public async Task<ServiceBusMessage?> FanOutAsync(ServiceBusMessage message)
    {
        await FanOutAsync(Some.Received(message));
        return Rig.Queue.Sent is [.., var last] ? last : null;
    }

    public Task FanOutAsync(ServiceBusReceivedMessage message) =>
        Rig.Get<FanOutFunction>().RunAsync(message, FanOutActions, default);

    /// <returns>What is on <c>deliveries</c> then.</returns>
    public async Task<ServiceBusMessage> DeliverAsync(ServiceBusMessage message)
    {
        await Rig.RunAsync(Some.Received(message));
        return Rig.Queue.Sent[^1];
    }

    public ValueTask DisposeAsync() => Rig.DisposeAsync();
}
