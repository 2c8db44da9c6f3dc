using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>What is due for an endpoint that has no slot to give comes back later, and nothing counts.</summary>
public sealed class DeliverFunctionIsolationTests : IAsyncLifetime
{
    DeliveryRig _rig = null!;

    public async Task InitializeAsync()
    {
        _rig = await DeliveryRig.StartAsync();
        for (var number = 0; number < EndpointSlots.MostWhenSlow; number++)
        {
            await _rig.Slots.EnterAsync(Some.SubscriptionId, default);
        }

        _rig.Time.Advance(EndpointSlots.SlowFrom);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task It_is_put_back_as_the_same_attempt_without_a_request_or_a_record()
    {
        await _rig.RunAsync(Some.Delivery() with { Attempt = 3 });

        var comesBack = _rig.Scheduled();
        Assert.Equal((3, 1), (comesBack.Attempt, comesBack.PutBack));
        Assert.Equal(Some.Time, comesBack.DueAt);
        Assert.Equal(_rig.Time.GetUtcNow() + PutBackSchedule.Wait(0, Some.NoJitter()), _rig.Queue.Sent.Single().ScheduledEnqueueTime);
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Empty(await _rig.AttemptsAsync());
    }

    [Fact]
    public async Task Its_outcome_is_recorded_all_the_same_when_the_request_was_made_before()
    {
        await _rig.RunAsync(Some.Delivery() with { PutBack = 1, Unrecorded = Some.Record(AttemptOutcome.Delivered) });

        Assert.Equal(AttemptOutcome.Delivered, Assert.Single(await _rig.AttemptsAsync()).Outcome);
        Assert.Empty(_rig.Queue.Sent);
    }

    [Fact]
    public async Task An_attempt_gives_its_slot_back_whatever_comes_of_it()
    {
        await using var rig = await DeliveryRig.StartAsync();
        rig.Receiver.AnswerWith(500);
        for (var number = 0; number < EndpointSlots.Most + 1; number++)
        {
            await rig.RunAsync(Some.Delivery() with { DeliveryId = DeliveryId.Of(Some.Tenant, $"{number}", Some.SubscriptionId) });
        }

        Assert.Equal(EndpointSlots.Most + 1, rig.Receiver.Requests.Count);
    }
}
