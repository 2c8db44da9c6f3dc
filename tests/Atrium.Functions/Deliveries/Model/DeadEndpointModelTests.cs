using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;

namespace Atrium.Functions.Tests.Deliveries.Model;

/// <summary>
/// What must hold while endpoints are dead, by a model with the code's own gate, policy and schedules.
/// </summary>
public sealed class DeadEndpointModelTests
{
    static readonly TimeSpan Never = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(50);

    // The fixed schedule, nine waits and ten requests of up to 15 s, by which a run of plain failures ends.
    static readonly TimeSpan Schedule = Never * RetrySchedule.MaxAttempts
        + Enumerable.Range(1, RetrySchedule.MaxAttempts - 1)
        .Aggregate(TimeSpan.Zero, (sum, attempt) => sum + RetrySchedule.WaitAfter(attempt, jitter: 0.999999));

    // Ten messages: each sent, received and settled.
    const int OperationsOfTenFailures = 30;

    public static TheoryData<string, double> Dead
    {
        get
        {
            var rows = new TheoryData<string, double>();
            foreach (var way in new[] { "never answers", "refuses", "drips", "503 after 14 s" })
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
    public void Every_run_ends_with_ten_attempts_in_time_and_at_the_price_of_plain_failures(
        string way, double perSecond)
    {
        var model = new InstanceModel();
        var sendFor = TimeSpan.FromSeconds(perSecond > 1 ? 60 : 900);
        model.Send(Endpoint("dead", 0, way), perSecond, TimeSpan.Zero, sendFor);

        model.RunUntil(sendFor + Schedule + TimeSpan.FromMinutes(10));

        Assert.NotEmpty(model.Deliveries);
        Assert.All(model.Deliveries, delivery =>
        {
            Assert.Equal(
                Enumerable.Range(1, RetrySchedule.MaxAttempts), delivery.Attempts.Select(attempt => attempt.Attempt));
            Assert.Equal(AttemptOutcome.DeadLettered, delivery.Attempts[^1].Outcome);
            Assert.InRange(
                delivery.EndedAt!.Value - delivery.CreatedAt, TimeSpan.FromMinutes(15),
                Schedule + TimeSpan.FromMinutes(10));
            Assert.InRange(delivery.Operations, 0, OperationsOfTenFailures * 1.5);
        });
        Assert.InRange(model.Deliveries.Average(delivery => delivery.Operations), 0, OperationsOfTenFailures * 1.1);
    }

    [Theory]
    [InlineData(1, 20, 20)]
    [InlineData(1, 20, 100)]
    [InlineData(20, 1, 5)]
    [InlineData(40, 1, 2)]
    public void Healthy_endpoints_go_on_from_the_first_second_whoever_is_dead(
        int tenants, int each, double perSecondInAll)
    {
        var without = Latencies(0, 0, 0);

        var with = Latencies(tenants, each, perSecondInAll);

        Assert.Equal(without.Count, with.Count);
        Assert.InRange(Percentile(with, 0.99), TimeSpan.Zero, Percentile(without, 0.99) * 1.5);
    }

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
                TimeSpan.FromMilliseconds(7 * number), TimeSpan.FromMinutes(1));
        }

        model.RunUntil(TimeSpan.FromMinutes(1) + Schedule + TimeSpan.FromMinutes(10));

        Assert.All(model.Deliveries, delivery => Assert.NotNull(delivery.EndedAt));
        var healthy = model.Deliveries.Where(delivery => delivery.Delivered).ToList();
        Assert.Equal(model.Deliveries.Count * 3 / 4, healthy.Count, tolerance: 1);
        Assert.All(healthy, delivery => Assert.Equal(0, delivery.PutBacks));
        Assert.InRange(model.MostCalls, 1, 127);
    }

    [Fact]
    public void An_endpoint_that_dies_in_full_flow_harms_nobody()
    {
        var without = Latencies(0, 0, 0);
        var with = Latencies(1, 1, 20, dies: TimeSpan.FromSeconds(20));
        Assert.InRange(Percentile(with, 0.99), TimeSpan.Zero, Percentile(without, 0.99) * 1.5);
    }

    [Theory]
    [InlineData(0.5, 10)]
    [InlineData(5, 10)]
    [InlineData(5, 60)]
    [InlineData(20, 300)]
    public void What_waits_uncounted_for_an_endpoint_comes_within_half_a_minute_of_its_return_and_not_all_at_once(
        double perSecond, int deadSeconds)
    {
        var returns = TimeSpan.FromSeconds(deadSeconds);
        var most = 0;
        ModelEndpoint? endpoint = null;
        endpoint = new ModelEndpoint(new("t", "sub_x", "https://x"), since =>
        {
            if (since >= returns && since < returns + TimeSpan.FromSeconds(30))
            {
                most = Math.Max(most, endpoint!.Concurrent);
            }

            return since < returns ? Hangs() : Works();
        });
        var model = new InstanceModel();
        model.Send(endpoint, perSecond, TimeSpan.Zero, returns);

        model.RunUntil(returns);
        var waiting = model.Deliveries.Where(delivery => delivery.PutBacks > 0 && delivery.Attempts.Count == 0)
            .ToList();
        model.RunUntil(returns + TimeSpan.FromSeconds(60));

        Assert.All(
            waiting,
            delivery => Assert.True(
            delivery.FirstRequestAt <= model.Now - TimeSpan.FromSeconds(30), "later than half a minute"));
        Assert.InRange(most, 1, 2 * EndpointGate.MostUnprovenOfEndpoint);
    }

    [Fact]
    public void A_slow_endpoint_that_works_gets_all_it_can_take_and_costs_little()
    {
        var model = new InstanceModel();
        var slow = new ModelEndpoint(new("t", "sub_slow", "https://slow"), _ => Answered(200, TimeSpan.FromSeconds(8)));
        model.Send(slow, 2, TimeSpan.Zero, TimeSpan.FromMinutes(30));

        model.RunUntil(TimeSpan.FromMinutes(30));

        // Eight at a time, eight seconds each: one a second.
        Assert.InRange(model.Deliveries.Count(delivery => delivery.Delivered), 0.9 * 30 * 60, 30 * 60);
        Assert.InRange(model.Deliveries.Average(delivery => delivery.PutBacks), 0, 6);
    }

    static List<TimeSpan> Latencies(int tenants, int each, double perSecondInAll, TimeSpan dies = default)
    {
        var model = new InstanceModel();
        var sendFor = TimeSpan.FromMinutes(1);
        for (var number = 0; number < 20; number++)
        {
            model.Send(
                Endpoint($"healthy{number}", number, "works"), 1, TimeSpan.FromMilliseconds(50 * number), sendFor);
        }

        for (var number = 0; number < tenants * each; number++)
        {
            var (tenant, key) =
                ($"dead{number % tenants}",
                new EndpointKey($"dead{number % tenants}", $"sub_dead{number}", $"https://dead{number}"));
            model.Send(
                new ModelEndpoint(key, since => since < dies ? Works() : Hangs()), perSecondInAll / (tenants * each),
                TimeSpan.FromMilliseconds(number), sendFor);
        }

        model.RunUntil(sendFor + TimeSpan.FromSeconds(1));
        return [.. model.Deliveries.Where(
            delivery => delivery.Endpoint.Key.Tenant.StartsWith("healthy", StringComparison.Ordinal))
            .Select(delivery => delivery.EndedAt!.Value - delivery.CreatedAt)];
    }

    static TimeSpan Percentile(List<TimeSpan> values, double part) =>
        values.Order().ElementAt((int)(values.Count * part));

    static ModelEndpoint Endpoint(string tenant, int number, string way) =>
        new(new(tenant, $"sub_{number}", $"https://{number}"), _ => way switch
    {
        "works" => Works(),
        "refuses" => Failed(ErrorClass.Refused, TimeSpan.FromMilliseconds(1)),
        "503 after 14 s" => Answered(503, TimeSpan.FromSeconds(14)),
        _ => Hangs(),
    });

    static Exchange Works() => Answered(200, Quick);

    static Exchange Hangs() => Failed(ErrorClass.Timeout, Never);

    static Exchange Answered(int status, TimeSpan after) => new()
    {
        Status = status,
        Error = status < 300 ? null : ErrorClass.Http,
        Explanation = "",
        Timings = new ExchangeTimings { Total = after },
    };

    static Exchange Failed(ErrorClass error, TimeSpan after) =>
        new() { Error = error, Explanation = "", Timings = new ExchangeTimings { Total = after } };
}
