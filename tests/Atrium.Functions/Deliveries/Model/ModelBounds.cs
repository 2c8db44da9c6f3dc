using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;

namespace Atrium.Functions.Tests.Deliveries.Model;

/// <summary>What every delivery of the model keeps to: its run ends in time, and at a price.</summary>
static class ModelBounds
{
    /// <summary>Half as much again as ten messages, each sent, received and settled.</summary>
    public const double MostOperations = 30 * 1.5;

    /// <summary>How much later than a run of plain failures any other ends.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(10);

    public static void AssertEnded(InstanceModel model, TimeSpan request)
    {
        Assert.NotEmpty(model.Deliveries);
        Assert.All(model.Deliveries, delivery =>
        {
            AssertEnded(delivery, request);
            Assert.InRange(delivery.Operations, 0, MostOperations);
        });
        AssertEvidence(model);
        AssertMixed(model);
    }

    public static void AssertEnded(ModelDelivery delivery, TimeSpan request)
    {
        Assert.InRange(
            (delivery.EndedAt ?? DateTimeOffset.MaxValue) - delivery.CreatedAt, TimeSpan.Zero,
            ScheduleOf(request) + Lateness);
        if (!delivery.Delivered)
        {
            Assert.Equal(
                Enumerable.Range(1, RetrySchedule.MaxAttempts), delivery.Attempts.Select(attempt => attempt.Attempt));
            Assert.Equal(AttemptOutcome.DeadLettered, delivery.Attempts[^1].Outcome);
        }
    }

    /// <summary>
    /// The fixed schedule, nine waits at their longest and ten requests, by which a run of plain failures ends.
    /// </summary>
    public static TimeSpan ScheduleOf(TimeSpan request) => request * RetrySchedule.MaxAttempts
        + Enumerable.Range(1, RetrySchedule.MaxAttempts - 1)
        .Select(attempt => new[] { 0, 0.999999 }.Max(jitter => RetrySchedule.WaitAfter(attempt, jitter)))
        .Aggregate((sum, wait) => sum + wait);

    public static TimeSpan Percentile(List<TimeSpan> values, double part) =>
        values.Order().ElementAt((int)(values.Count * part));

    // By the requests themselves, not by what the gate says. Where endpoints share the last slots, each gets one at a
    // time, with pauses, so of two in a row only the second is sure to be recent.
    static void AssertEvidence(InstanceModel model)
    {
        var isAlone = model.Deliveries.TrueForAll(delivery => delivery.Endpoint == model.Deliveries[0].Endpoint);
        foreach (var delivery in model.Deliveries)
        {
            var down = delivery.Attempts.Where(attempt => attempt.ErrorClass == ErrorClass.EndpointDown.Name());
            Assert.All(down.Select(attempt => attempt.StartedAt), at =>
            {
                var windowBegan = at - model.Bounds.EvidenceWindow;
                var begun = delivery.Endpoint.Requests.TakeWhile(request => request.BeganAt <= at).ToList();
                var ended = begun.Where(request => request.EndsAt <= at).OrderBy(request => request.EndsAt).ToList();
                Assert.All(
                    ended.Where((request, place) => place >= ended.Count - 2 || request.EndsAt >= windowBegan),
                    request => Assert.Equal(WayOf(ended[^1]), WayOf(request)));
                Assert.False(ended[^1].Exchange.Succeeded);
                Assert.InRange(ended.Count, 2, int.MaxValue);
                Assert.InRange(ended[^1].EndsAt, windowBegan, at);
                Assert.InRange(begun.Count(request => request.EndsAt >= windowBegan), isAlone ? 2 : 1, int.MaxValue);
                // Others go on, a few at a time.
                Assert.InRange(
                    begun.Count(request => request.BeganAt > ended[^1].EndsAt), 0, CallsInUse.MostWhenDown);
                Assert.True(!isAlone || begun.Exists(request => request.EndsAt >= at));
            });
        }
    }

    // An endpoint whose requests all fail in one way is down, and never overloaded.
    static void AssertMixed(InstanceModel model)
    {
        foreach (var delivery in model.Deliveries)
        {
            var overloaded = delivery.Attempts.Where(
                attempt => attempt.ErrorClass == ErrorClass.EndpointOverloaded.Name());
            Assert.All(overloaded.Select(attempt => attempt.StartedAt), at =>
            {
                var ended = delivery.Endpoint.Requests.Where(request => request.EndsAt <= at).ToList();
                Assert.True(
                    ended.Exists(request => request.Exchange.Succeeded) || ended.DistinctBy(WayOf).Count() > 1);
            });
        }
    }

    static (ErrorClass?, int?) WayOf(ModelRequest request) => (request.Exchange.Error, request.Exchange.Status / 100);
}
