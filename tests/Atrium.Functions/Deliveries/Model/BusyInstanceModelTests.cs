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
        AssertInTime(deliveries, requestSeconds);
        // At first the requests that hang still have the calls that they had while their endpoints were quick.
        var later = deliveries.Where(delivery => delivery.CreatedAt > Some.Time + died + 30 * Second)
            .Select(LatencyOf).Order().ToList();
        Assert.InRange(later[later.Count * 99 / 100], TimeSpan.Zero, 1.5 * (requestSeconds * Second));
    }

    // Whatever hangs again and again takes what it had while it was quick only once.
    [Theory]
    [InlineData(20, 5, 0.5, 7, 5, 20)]
    [InlineData(20, 2, 0.2, 20, 5, 20)]
    [InlineData(60, 1, 0.3, 20, 1, 20)]
    [InlineData(20, 1, 0.05, 40, 2, 40)]
    public void Healthy_endpoints_go_on_beside_many_that_die_and_come_back_again_and_again(
        int healthy, double perSecond, double requestSeconds, int others, double perSecondOfOthers, int everySeconds)
    {
        var model = Healthy(healthy, perSecond, requestSeconds);
        for (var number = 0; number < others; number++)
        {
            model.SendAtRandom(
                new ModelEndpoint(
                    KeyOf($"other{number}", number),
                    since => since > Minute && (int)(since / Second / everySeconds) % 2 == 0
                        ? Hangs()
                        : Answered(200, requestSeconds * Second)),
                perSecondOfOthers, 5 * Minute);
        }

        model.RunUntil(10 * Minute);

        AssertInTime(OfHealthy(model), requestSeconds);
    }

    [Theory]
    [InlineData(4, 1, 20, 0.05)]
    [InlineData(4, 1, 20, 0.5)]
    [InlineData(2.5, 1, 40, 0.02)]
    [InlineData(3, 1, 20, 0.05)]
    public void A_slow_endpoint_that_works_goes_on_beside_many_that_are_dead(
        double requestSeconds, double perSecond, int dead, double perSecondOfDead)
    {
        var model = Healthy(1, perSecond, requestSeconds, 30 * Minute);
        for (var number = 0; number < dead; number++)
        {
            model.SendAtRandom(
                new ModelEndpoint(KeyOf($"dead{number}", number), _ => Hangs()), perSecondOfDead, 30 * Minute);
        }

        model.RunUntil(60 * Minute);

        var deliveries = OfHealthy(model);
        Assert.All(deliveries, AssertDeliveredAtOnce);
        var latencies = deliveries.Select(LatencyOf).Order().ToList();
        Assert.InRange(latencies[latencies.Count / 2], TimeSpan.Zero, 1.1 * requestSeconds * Second);
        // It has fewer slots than alone, and what finds none comes again some seconds later.
        Assert.InRange(latencies[latencies.Count * 95 / 100], TimeSpan.Zero, requestSeconds * Second + 30 * Second);
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
    [InlineData(50, 0.05, 2)]
    [InlineData(20, 0.05, 6)]
    [InlineData(10, 0.05, 9)]
    [InlineData(2, 3, 5)]
    public void Tables_that_are_slow_cost_an_endpoint_no_attempt(
        double perSecond, double requestSeconds, double tableSeconds)
    {
        var model = Healthy(1, perSecond, requestSeconds);
        model.TableTakes = tableSeconds * Second;

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

    static void AssertInTime(List<ModelDelivery> deliveries, double requestSeconds)
    {
        Assert.All(deliveries, AssertDeliveredAtOnce);
        Assert.InRange(
            deliveries.Count(delivery => LatencyOf(delivery) < 3 * requestSeconds * Second),
            0.95 * deliveries.Count, deliveries.Count);
    }

    static void AssertDeliveredAtOnce(ModelDelivery delivery) =>
        Assert.Equal(AttemptOutcome.Delivered, Assert.Single(delivery.Attempts).Outcome);

    static TimeSpan LatencyOf(ModelDelivery delivery) => delivery.EndedAt!.Value - delivery.CreatedAt;
}
