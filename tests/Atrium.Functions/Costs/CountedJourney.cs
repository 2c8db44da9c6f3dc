using Atrium.Costs;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;
using Atrium.Functions.Secrets;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Costs;

/// <summary>
/// An event's way from the request that brings it to the end of its one delivery, over fakes that see every call which
/// Azure would count.
/// </summary>
sealed class CountedJourney : IAsyncDisposable
{
    // Calls to Table Storage that read; all others write.
    static readonly string[] Reads = ["query", "get"];

    readonly Pipeline _pipeline;
    readonly DeliveryRig _rig;
    IReadOnlyCollection<EndpointSlot> _used = [];
    int _freeAfter;
    int _runs;
    int _received;

    CountedJourney(Pipeline pipeline) => (_pipeline, _rig) = (pipeline, pipeline.Rig);

    public Receiver Receiver => _rig.Receiver;

    public RecordingActions Deliveries => _rig.Actions;

    /// <summary>A receiver that is subscribed with a secret, in a week whose table is there.</summary>
    public static async Task<CountedJourney> StartAsync()
    {
        var pipeline = await Pipeline.StartAsync();
        var rig = pipeline.Rig;
        rig.Vault.Put("webhook-x", "v1", Some.Secret.Reveal());
        await rig.SubscribeAsync(new SecretReference("webhook-x", "v1"));
        rig.Tables.Table(AttemptTable.Name(Some.Time)).Exists = true;
        return new(pipeline);
    }

    /// <summary>Leaves the endpoint without a slot until a delivery has been put back so often.</summary>
    public void PutBack(int times) => (_used, _freeAfter) = (_rig.UseEndpoint(), times);

    /// <summary>Posts an event and goes on until no message is left.</summary>
    /// <returns>What that took, and nothing of what was before.</returns>
    public async Task<DeliveryCost> RunAsync(BinaryData body)
    {
        var before = Count();
        _runs++;
        await ReceiveAsync(await _pipeline.IngestAsync(body), _pipeline.FanOutAsync);
        for (var next = before.Queued; next < _rig.Queue.Sent.Count; next++)
        {
            await ReceiveAsync(_rig.Queue.Sent[next], message => _rig.RunAsync(message));
        }

        var after = Count();
        return new(
            after.ServiceBus - before.ServiceBus,
            after.Read - before.Read,
            after.Written - before.Written,
            after.Rows - before.Rows,
            after.Vault - before.Vault,
            after.Runs - before.Runs,
            after.Requests - before.Requests);
    }

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    // When it is due, which is also when the broker says that it came.
    async Task ReceiveAsync(ServiceBusMessage message, Func<ServiceBusReceivedMessage, Task> runAsync)
    {
        if (message.ScheduledEnqueueTime > _rig.Time.GetUtcNow())
        {
            _rig.Time.Advance(message.ScheduledEnqueueTime - _rig.Time.GetUtcNow());
        }

        if (message.ApplicationProperties.TryGetValue(PropertyName.PutBack, out var often)
            && (int)often == _freeAfter)
        {
            foreach (var slot in _used)
            {
                slot.Dispose();
            }

            _used = [];
        }

        _received++;
        _runs++;
        await runAsync(Some.Received(message, enqueuedAt: _rig.Time.GetUtcNow()));
    }

    (int Queued, int ServiceBus, int Read, int Written, int Rows, int Vault, int Runs, int Requests) Count()
    {
        var read = _rig.Tables.Calls.Count(Reads.Contains);
        return (
            _rig.Queue.Sent.Count,
            _pipeline.Events.Sent.Count + _rig.Queue.Sent.Count + _received + _pipeline.FanOutActions.Tries
                + _rig.Actions.Tries,
            read,
            _rig.Tables.Calls.Count - read,
            _rig.Tables.Table(AttemptTable.Name(Some.Time)).Rows.Count,
            _rig.Vault.Reads,
            _runs,
            _rig.Receiver.Requests.Count);
    }
}
