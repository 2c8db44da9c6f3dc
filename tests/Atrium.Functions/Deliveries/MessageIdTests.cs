using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using CsCheck;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class MessageIdTests
{
    const int LongestOfServiceBus = 128;

    [Fact]
    public void Is_made_of_delivery_run_attempt_and_put_back() =>
        Assert.Equal(
            $"{Some.DeliveryId}:2:3.4", (Some.Delivery() with { Run = 2, Attempt = 3, PutBack = 4 }).MessageId);

    [Fact]
    public void No_two_messages_of_a_deliverys_life_share_an_id() =>
        Lives.Sample(steps =>
        {
            var ids = Messages(steps).Select(message => message.MessageId).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
        });

    [Fact]
    public void Two_deliveries_never_share_an_id() =>
        Gen.Select(Lives, Lives).Sample((a, b) => Assert.Empty(
            Messages(a).Select(message => message.MessageId).Intersect(
                Messages(b, DeliveryId.Of(Some.Tenant, Some.EventId, "sub_other"))
                    .Select(message => message.MessageId))));

    [Fact]
    public void The_longest_fits_into_service_bus()
    {
        var longest = Some.Delivery() with
        {
            DeliveryId = DeliveryId.Of(new string('t', 64), new string('e', 1000), Some.SubscriptionId),
            Run = int.MaxValue,
            Attempt = RetrySchedule.MaxAttempts,
            PutBack = int.MaxValue,
        };
        Assert.InRange(longest.MessageId.Length, 1, LongestOfServiceBus);
    }

    // A run of ten failures is followed by a replay.
    enum Step
    {
        Failed,
        PutBack,
        Refused,
        Parked,
        Returned,
    }

    static readonly Gen<Step[]> Lives = Gen.Enum<Step>().Array[0, 60];

    static IEnumerable<DeliveryMessage> Messages(Step[] steps, string deliveryId = Some.DeliveryId)
    {
        var message = Some.Delivery() with { DeliveryId = deliveryId };
        yield return message;
        foreach (var step in steps)
        {
            message = (step, message.Attempt) switch
            {
                (Step.PutBack, _) => message.WithPutBack(PutBackReason.Dependency),
                (Step.Parked, _) => message.Moved(),
                (Step.Refused, _) => message.WithPutBack(PutBackReason.EndpointBusy),
                (Step.Returned, _) => message.Resumed(Some.Time, Some.Time),
                (_, < RetrySchedule.MaxAttempts) => message.NextAttempt(Some.Time),
                _ => message.Replayed(Some.Time, Some.Time),
            };
            yield return message;
        }
    }
}
