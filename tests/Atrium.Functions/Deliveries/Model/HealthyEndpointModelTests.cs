using Atrium.Functions.Tests.Fakes;
using static Atrium.Functions.Tests.Deliveries.Model.ModelBounds;
using static Atrium.Functions.Tests.Deliveries.Model.ModelEndpoints;

namespace Atrium.Functions.Tests.Deliveries.Model;

/// <summary>Whatever endpoints are dead, by the model, those that are healthy go on.</summary>
public sealed class HealthyEndpointModelTests
{
    [Theory]
    [InlineData(1, 20, 20)]
    [InlineData(1, 20, 100)]
    [InlineData(20, 1, 5)]
    [InlineData(40, 1, 2)]
    [InlineData(60, 1, 30)]
    public void Healthy_endpoints_go_on_from_the_first_second_whoever_is_dead(
        int tenants, int each, double perSecondInAll) =>
        AssertHealthyGoOn(new(), model => SendToDead(model, tenants, each, perSecondInAll, TimeSpan.Zero, Hangs));

    [Theory]
    [InlineData(1, 20)]
    [InlineData(1, 50)]
    [InlineData(2, 40)]
    [InlineData(3, 25)]
    [InlineData(4, 20)]
    [InlineData(10, 10)]
    [InlineData(20, 5)]
    [InlineData(40, 1)]
    public void Endpoints_that_die_in_full_flow_harm_nobody(int endpoints, double perSecond) =>
        AssertHealthyGoOn(
            new(), model => SendToDead(model, endpoints, 1, endpoints * perSecond, 20 * Second, Hangs));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Endpoints_that_always_fail_just_before_they_would_be_slow_harm_nobody(int endpoints) =>
        AssertHealthyGoOn(
            new(),
            model => SendToDead(
                model, endpoints, 1, 34 * endpoints, TimeSpan.Zero, () => Answered(500, 1.9 * Second)));

    [Theory]
    [InlineData(1, 1, 20)]
    [InlineData(1, 2, 4)]
    [InlineData(4, 1, 4)]
    public void The_same_holds_with_as_few_calls_as_the_sample_of_settings_offers(
        int tenants, int each, double perSecondInAll) =>
        AssertHealthyGoOn(
            new(calls: 16), model => SendToDead(model, tenants, each, perSecondInAll, TimeSpan.Zero, Hangs),
            new(calls: 16));

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void A_quarter_of_all_endpoints_may_be_dead(int dead)
    {
        var model = new InstanceModel();
        for (var number = 0; number < 4 * dead; number++)
        {
            model.Send(
                Endpoint($"t{number}", number, number % 4 == 0 ? "never answers" : "works"), 0.5,
                TimeSpan.FromMilliseconds(7 * number), Minute);
        }

        model.RunUntil(Minute + ScheduleOf(AttemptTimeout) + Lateness);

        AssertEnded(model, AttemptTimeout);
        var healthy = model.Deliveries.Where(delivery => delivery.Delivered).ToList();
        Assert.Equal(model.Deliveries.Count * 3 / 4, healthy.Count, tolerance: 1);
        Assert.All(healthy, delivery => Assert.Equal(0, delivery.PutBacks));
        Assert.InRange(model.MostCalls, 1, HostFile.MaxConcurrentCalls - 1);
    }

    // Twenty healthy endpoints of a delivery a second each, without the others and with them.
    static void AssertHealthyGoOn(InstanceModel with, Action<InstanceModel> sendToOthers, InstanceModel? alone = null)
    {
        var without = HealthyLatencies(alone ?? new InstanceModel());
        sendToOthers(with);
        var beside = HealthyLatencies(with);

        Assert.InRange(
            beside.Count(latency => latency < Second), 0.95 * without.Count(latency => latency < Second),
            without.Count);
        Assert.InRange(Percentile(beside, 0.99), TimeSpan.Zero, Percentile(without, 0.99) * 1.5);
    }

    // Of what was not delivered, how long it has been waiting.
    static List<TimeSpan> HealthyLatencies(InstanceModel model)
    {
        for (var number = 0; number < 20; number++)
        {
            model.Send(
                Endpoint($"healthy{number}", number, "works"), 1, TimeSpan.FromMilliseconds(50 * number), Minute);
        }

        model.RunUntil(Minute + Second);
        return [.. model.Deliveries.Where(
            delivery => delivery.Endpoint.Key.Tenant.StartsWith("healthy", StringComparison.Ordinal))
            .Select(delivery => (delivery.Delivered ? delivery.EndedAt!.Value : model.Now + Minute)
                - delivery.CreatedAt)];
    }
}
