using Atrium.Functions.Egress;
using static Atrium.Functions.Tests.Deliveries.Model.ModelBounds;
using static Atrium.Functions.Tests.Deliveries.Model.ModelEndpoints;

namespace Atrium.Functions.Tests.Deliveries.Model;

/// <summary>
/// What must hold while endpoints are dead or slow, by a model with the code's own gate, policy and schedules.
/// </summary>
public sealed class DeadEndpointModelTests
{
    public static TheoryData<string, double> Dead
    {
        get
        {
            var rows = new TheoryData<string, double>();
            foreach (var way in new[]
                {
                    "never answers", "refuses", "drips before a status", "503 after 14 s", "fails in two ways",
                    "200 after 15 s", "drips after a 200", "200 after 1.9 s",
                })
            {
                foreach (var perSecond in new[] { 0.1, 1, 10, 50 })
                {
                    rows.Add(way, perSecond);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Dead))]
    public void Every_run_ends_delivered_or_with_ten_attempts_in_time_and_at_the_price_of_plain_failures(
        string way, double perSecond)
    {
        var model = new InstanceModel();
        var sendFor = perSecond > 1 ? Minute : 15 * Minute;
        model.Send(Endpoint("dead", 0, way), perSecond, TimeSpan.Zero, sendFor);

        model.RunUntil(sendFor + ScheduleOf(RequestOf(way)) + Lateness);

        AssertEnded(model, RequestOf(way));
        if (!way.Contains("200", StringComparison.Ordinal))
        {
            Assert.DoesNotContain(model.Deliveries, delivery => delivery.Delivered);
            Assert.All(
                model.Deliveries,
                delivery => Assert.InRange(
                    delivery.EndedAt!.Value - delivery.CreatedAt, 15 * Minute, TimeSpan.MaxValue));
        }
    }

    [Theory]
    [InlineData("never answers", 200)]
    [InlineData("503 after 14 s", 200)]
    [InlineData("refuses", 2_000)]
    [InlineData("never answers", 20_000)]
    public void The_same_holds_for_all_that_come_at_once(string way, int burst)
    {
        var model = new InstanceModel();
        model.Send(Endpoint("dead", 0, way), burst, TimeSpan.Zero, Second);

        model.RunUntil(Second + ScheduleOf(RequestOf(way)) + Lateness);

        Assert.Equal(burst, model.Deliveries.Count, tolerance: 1);
        AssertEnded(model, RequestOf(way));
    }

    [Theory]
    [InlineData(25, 0.1)]
    [InlineData(25, 10)]
    [InlineData(45, 0.1)]
    [InlineData(45, 10)]
    [InlineData(60, 0.1)]
    [InlineData(60, 1)]
    [InlineData(60, 10)]
    public void The_same_holds_for_other_time_outs(int timeoutSeconds, double perSecond)
    {
        var timeout = TimeSpan.FromSeconds(timeoutSeconds);
        var model = new InstanceModel(timeout: timeout);
        var sendFor = perSecond > 1 ? Minute : 15 * Minute;
        model.Send(
            new ModelEndpoint(KeyOf("dead", 0), _ => Failed(ErrorClass.Timeout, timeout)), perSecond, TimeSpan.Zero,
            sendFor);

        model.RunUntil(sendFor + ScheduleOf(timeout) + Lateness);

        AssertEnded(model, timeout);
    }

    [Theory]
    [InlineData(1, 20, 2)]
    [InlineData(1, 20, 20)]
    [InlineData(1, 20, 100)]
    [InlineData(40, 1, 2)]
    [InlineData(40, 1, 10)]
    [InlineData(60, 1, 30)]
    public void The_same_holds_for_many_endpoints_that_never_answer(int tenants, int each, double perSecondInAll)
    {
        var model = new InstanceModel();
        SendToDead(model, tenants, each, perSecondInAll, TimeSpan.Zero, Hangs);

        model.RunUntil(Minute + ScheduleOf(AttemptTimeout) + Lateness);

        AssertEnded(model, AttemptTimeout);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 50)]
    [InlineData(2, 40)]
    [InlineData(20, 2)]
    public void The_same_holds_for_endpoints_that_die_in_full_flow(int endpoints, double perSecond)
    {
        var model = new InstanceModel();
        SendToDead(model, endpoints, 1, endpoints * perSecond, 20 * Second, Hangs);

        model.RunUntil(Minute + ScheduleOf(AttemptTimeout) + Lateness);

        AssertEnded(model, AttemptTimeout);
        Assert.Contains(model.Deliveries, delivery => delivery.Delivered);
        Assert.Contains(model.Deliveries, delivery => !delivery.Delivered);
    }

    // One of two machines behind a load balancer is dead.
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    public void The_same_holds_for_an_endpoint_of_whose_requests_every_second_one_hangs(double perSecond)
    {
        var random = new Random(5);
        var model = new InstanceModel();
        model.SendAtRandom(
            new ModelEndpoint(KeyOf("half", 0), _ => random.NextDouble() < 0.5 ? Hangs() : Works()), perSecond,
            10 * Minute);

        model.RunUntil(10 * Minute + ScheduleOf(AttemptTimeout) + Lateness);

        AssertEnded(model, AttemptTimeout);
    }

    [Theory]
    [InlineData(1, 60, 0)]
    [InlineData(10, 0, 20)]
    public void The_same_holds_on_a_busy_instance_for_endpoints_that_fail_in_several_ways(
        int mixed, int healthy, int dead)
    {
        var model = new InstanceModel();
        for (var number = 0; number < healthy; number++)
        {
            model.SendAtRandom(
                new ModelEndpoint(KeyOf($"healthy{number}", number), _ => Answered(200, Second)), 1.2, 40 * Minute);
        }

        for (var number = 0; number < dead; number++)
        {
            model.SendAtRandom(
                new ModelEndpoint(KeyOf($"dead{number}", 100 + number), _ => Hangs()), 0.5, 40 * Minute);
        }

        for (var number = 0; number < mixed; number++)
        {
            model.SendAtRandom(
                Endpoint($"mixed{number}", 200 + number, "fails in two ways"), 1, 10 * Minute);
        }

        model.RunUntil(10 * Minute + ScheduleOf(AttemptTimeout) + Lateness);

        var ofMixed = model.Deliveries
            .Where(delivery => delivery.Endpoint.Key.Tenant.StartsWith("mixed", StringComparison.Ordinal)).ToList();
        Assert.All(ofMixed, delivery => AssertEnded(delivery, AttemptTimeout));
        Assert.InRange(ofMixed.Average(delivery => delivery.Operations), 0, MostOperations);
    }

    [Fact]
    public void Of_a_hundred_that_never_answer_every_run_ends_in_time_and_few_cost_more()
    {
        var model = new InstanceModel();
        SendToDead(model, 100, 1, 50, TimeSpan.Zero, Hangs);

        model.RunUntil(Minute + ScheduleOf(AttemptTimeout) + Lateness);

        Assert.All(model.Deliveries, delivery => AssertEnded(delivery, AttemptTimeout));
        Assert.InRange(model.Deliveries.Average(delivery => delivery.Operations), 0, MostOperations);
        Assert.InRange(
            model.Deliveries.Count(delivery => delivery.Operations > MostOperations), 0,
            0.02 * model.Deliveries.Count);
    }

    [Theory]
    [InlineData("200 after 15 s", 1, 3)]
    [InlineData("drips after a 200", 2, 2)]
    [InlineData("200 after 1.9 s", 1, 6)]
    [InlineData("200 after 1.9 s", 2, 10)]
    public void A_load_that_is_too_much_for_endpoints_that_work_costs_no_more_for_as_long_as_it_lasts(
        string way, int endpoints, double perSecond)
    {
        // With few calls, a load that is soon modelled is too much.
        var model = new InstanceModel(calls: 16);
        var sendFor = 30 * Minute;
        for (var number = 0; number < endpoints; number++)
        {
            model.Send(Endpoint($"t{number}", number, way), perSecond / endpoints, number * Second / 100, sendFor);
        }

        model.RunUntil(sendFor - 10 * Minute);
        var before = model.Deliveries.Sum(delivery => delivery.Operations);
        model.RunUntil(sendFor);
        var perSecondAtLast = (model.Deliveries.Sum(delivery => delivery.Operations) - before) / 600.0;
        model.RunUntil(sendFor + ScheduleOf(RequestOf(way)) + Lateness);

        Assert.InRange(perSecondAtLast, 0, perSecond * MostOperations);
        AssertEnded(model, RequestOf(way));
    }
}
