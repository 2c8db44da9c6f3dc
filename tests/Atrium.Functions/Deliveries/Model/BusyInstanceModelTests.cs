using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using static Atrium.Functions.Tests.Deliveries.Model.ModelEndpoints;

namespace Atrium.Functions.Tests.Deliveries.Model;

/// <summary>
/// What must hold where endpoints that work keep an instance busy, by a model with the code's own gate, policy and
/// schedules. Events come at random times.
/// </summary>
public sealed class BusyInstanceModelTests
{
    // Half to three fifths of all slots are in use before the others die.
    [Theory]
    [InlineData(60, 1, 1, 20)]
    [InlineData(60, 1.1, 1, 20)]
    [InlineData(20, 5, 0.5, 7)]
    [InlineData(40, 2, 0.5, 40)]
    public void Healthy_endpoints_go_on_beside_many_that_die_and_none_of_their_deliveries_fails(
        int healthy, double perSecond, double requestSeconds, int dead)
    {
        var died = Minute;
        var model = Healthy(healthy, perSecond, requestSeconds);
        for (var number = 0; number < dead; number++)
        {
            model.SendAtRandom(
                new ModelEndpoint(
                    KeyOf($"dead{number}", number),
                    since => since < died ? Answered(200, requestSeconds * Second) : Hangs()),
                perSecond, 5 * Minute);
        }

        model.RunUntil(10 * Minute);

        var deliveries = OfHealthy(model);
        Assert.All(deliveries, AssertDeliveredAtOnce);
        Assert.InRange(
            deliveries.Count(delivery => LatencyOf(delivery) < 3 * requestSeconds * Second),
            0.95 * deliveries.Count, deliveries.Count);
        // At first the requests that hang still have the calls that they had while their endpoints were quick.
        var later = deliveries.Where(delivery => delivery.CreatedAt > Some.Time + died + 30 * Second)
            .Select(LatencyOf).Order().ToList();
        Assert.InRange(later[later.Count * 99 / 100], TimeSpan.Zero, 1.5 * (requestSeconds * Second));
    }

    [Theory]
    [InlineData(40, 4, 1)]
    [InlineData(60, 2, 1)]
    [InlineData(80, 5, 0.3)]
    public void What_is_too_much_for_an_instance_comes_late_and_no_endpoint_is_blamed_for_it(
        int healthy, double perSecond, double requestSeconds)
    {
        var model = Healthy(healthy, perSecond, requestSeconds, Minute);

        model.RunUntil(30 * Minute);

        Assert.All(model.Deliveries, AssertDeliveredAtOnce);
        Assert.Contains(model.Deliveries, delivery => delivery.PutBacks > 0);
        // Ten plain failures take thirty operations.
        Assert.InRange(model.Deliveries.Average(delivery => delivery.Operations), 3, 15);
    }

    [Theory]
    [InlineData(50, 2)]
    [InlineData(20, 6)]
    [InlineData(10, 9)]
    public void Tables_that_are_slow_cost_an_endpoint_no_attempt(double perSecond, double recordSeconds)
    {
        var model = Healthy(1, perSecond, 0.05);
        model.RecordTakes = recordSeconds * Second;

        model.RunUntil(10 * Minute);

        Assert.All(model.Deliveries, AssertDeliveredAtOnce);
    }

    static InstanceModel Healthy(int count, double perSecond, double requestSeconds, TimeSpan? sendFor = null)
    {
        var model = new InstanceModel();
        for (var number = 0; number < count; number++)
        {
            model.SendAtRandom(
                new ModelEndpoint(KeyOf($"healthy{number}", number), _ => Answered(200, requestSeconds * Second)),
                perSecond, sendFor ?? 5 * Minute);
        }

        return model;
    }

    static List<ModelDelivery> OfHealthy(InstanceModel model) =>
        [.. model.Deliveries.Where(
            delivery => delivery.Endpoint.Key.Tenant.StartsWith("healthy", StringComparison.Ordinal))];

    static void AssertDeliveredAtOnce(ModelDelivery delivery) =>
        Assert.Equal(AttemptOutcome.Delivered, Assert.Single(delivery.Attempts).Outcome);

    static TimeSpan LatencyOf(ModelDelivery delivery) => delivery.EndedAt!.Value - delivery.CreatedAt;
}
