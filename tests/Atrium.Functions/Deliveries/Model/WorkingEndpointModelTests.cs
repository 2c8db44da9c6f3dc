using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using static Atrium.Functions.Tests.Deliveries.Model.ModelBounds;
using static Atrium.Functions.Tests.Deliveries.Model.ModelEndpoints;

namespace Atrium.Functions.Tests.Deliveries.Model;

/// <summary>What an endpoint gets, by the model, that works again, or slowly.</summary>
public sealed class WorkingEndpointModelTests
{
    [Theory]
    [InlineData(2, 10)]
    [InlineData(5, 10)]
    [InlineData(5, 60)]
    [InlineData(20, 300)]
    public void What_is_due_for_an_endpoint_that_is_back_comes_within_half_a_minute_and_not_all_at_once(
        double perSecond, int deadSeconds)
    {
        var returns = deadSeconds * Second;
        var most = 0;
        ModelEndpoint? endpoint = null;
        endpoint = new ModelEndpoint(KeyOf("t", 0), since =>
        {
            if (since >= returns && since < returns + 30 * Second)
            {
                most = Math.Max(most, endpoint!.Concurrent);
            }

            return since < returns ? Hangs() : Works();
        });
        var model = new InstanceModel();
        model.Send(endpoint, perSecond, TimeSpan.Zero, returns);

        model.RunUntil(returns);
        var returned = model.Now;
        var uncounted = model.Deliveries.Count(delivery => delivery.PutBacks > 0 && delivery.Attempts.Count == 0);
        var asked = model.Deliveries.Count(delivery => delivery.RequestsAt.Count > 0);
        model.RunUntil(returns + RetrySchedule.Cap + Minute);

        Assert.Equal((int)(perSecond * deadSeconds), model.Deliveries.Count);
        Assert.InRange(uncounted + asked, 2, model.Deliveries.Count);
        Assert.All(model.Deliveries, delivery =>
        {
            Assert.True(delivery.Delivered);
            var served = delivery.RequestsAt.First(at => at >= returned);
            // What counted is due when its schedule says, what did not count was due before.
            var due = delivery.Attempts.Max(attempt => attempt.NextAttemptAt <= served ? attempt.NextAttemptAt : null);
            Assert.InRange(served - (due > returned ? due.Value : returned), TimeSpan.Zero, 30 * Second);
        });
        Assert.True(deadSeconds > AttemptTimeout.TotalSeconds || uncounted > 0);
        Assert.InRange(most, 1, 2 * model.Bounds.MostUnprovenOfEndpoint);
    }

    [Fact]
    public void A_slow_endpoint_that_works_gets_all_it_can_take_and_costs_little()
    {
        var model = new InstanceModel();
        var slow = new ModelEndpoint(KeyOf("t", 0), _ => Answered(200, 8 * Second));
        model.Send(slow, 2, TimeSpan.Zero, 30 * Minute);

        model.RunUntil(30 * Minute);

        // Eight at a time, eight seconds each: one a second.
        Assert.InRange(model.Deliveries.Count(delivery => delivery.Delivered), 0.9 * 30 * 60, 30 * 60);
        Assert.InRange(model.Deliveries.Max(delivery => delivery.PutBacks), 1, DeliveryPolicy.MaxSlotPutBacks);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public void A_slow_endpoint_gets_a_burst_that_it_can_take_within_the_schedule(int burst)
    {
        var model = new InstanceModel();
        var slow = new ModelEndpoint(KeyOf("t", 0), _ => Answered(200, 8 * Second));
        model.Send(slow, burst, TimeSpan.Zero, Second);

        model.RunUntil(ScheduleOf(AttemptTimeout) + Lateness);

        Assert.All(model.Deliveries, delivery => Assert.True(delivery.Delivered));
    }

    // As a garbage collector does it, or a restart: what is asked in a pause is answered at its end.
    [Theory]
    [InlineData(30, 0.5, 3)]
    [InlineData(50, 0.3, 4)]
    [InlineData(100, 0.2, 3)]
    public void An_endpoint_that_pauses_for_seconds_now_and_then_is_not_blamed_for_that(
        double perSecond, double requestSeconds, double pauseSeconds)
    {
        var model = new InstanceModel();
        model.SendAtRandom(
            new ModelEndpoint(KeyOf("t", 0), since =>
            {
                var pause = new[] { Minute, 2 * Minute }.FirstOrDefault(
                    begins => since > begins && since < begins + pauseSeconds * Second, since - pauseSeconds * Second);
                return Answered(200, pause + (pauseSeconds + requestSeconds) * Second - since);
            }),
            perSecond, 12 * Minute);

        model.RunUntil(20 * Minute);

        Assert.All(model.Deliveries, delivery => Assert.Single(delivery.Attempts));
        Assert.InRange(
            Percentile([.. model.Deliveries.Select(delivery => delivery.EndedAt!.Value - delivery.CreatedAt)], 0.95),
            TimeSpan.Zero, 3 * requestSeconds * Second);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(3)]
    [InlineData(14)]
    public void An_endpoint_that_asks_for_time_gets_it_however_long_it_takes_to_say_so(double requestSeconds)
    {
        var model = new InstanceModel();
        var inMaintenance = Answered(503, requestSeconds * Second) with { RetryAfter = 5 * Minute };
        model.Send(
            new ModelEndpoint(KeyOf("t", 0), since => since < 30 * Minute ? inMaintenance : Works()), 5,
            TimeSpan.Zero, Minute);

        model.RunUntil(50 * Minute);

        Assert.All(model.Deliveries, delivery => Assert.True(delivery.Delivered));
    }

    [Theory]
    [InlineData(0.5, 0.01, 4, 40)]
    [InlineData(0.2, 0.01, 14, 40)]
    [InlineData(1, 0.002, 10, 50)]
    [InlineData(0.5, 0.02, 6, 20)]
    public void Stragglers_do_not_hold_up_an_endpoint_that_answers_the_others_quickly(
        double medianSeconds, double share, double stragglerSeconds, double perSecond)
    {
        var random = new Random(3);
        var model = new InstanceModel();
        var busy = new ModelEndpoint(
            KeyOf("t", 0),
            _ => Answered(200, (random.NextDouble() < share ? stragglerSeconds : medianSeconds) * Second));
        model.Send(busy, perSecond, TimeSpan.Zero, 10 * Minute);

        model.RunUntil(10 * Minute + 30 * Second);

        Assert.All(model.Deliveries, delivery => Assert.True(delivery.Delivered));
        // New as it is, it gets few at first.
        Assert.InRange(
            Percentile(
                [.. model.Deliveries.Where(delivery => delivery.CreatedAt > Some.Time + Minute).Select(Latency)], 0.95),
            TimeSpan.Zero, medianSeconds * 1.5 * Second);

        static TimeSpan Latency(ModelDelivery delivery) => delivery.EndedAt!.Value - delivery.CreatedAt;
    }
}
