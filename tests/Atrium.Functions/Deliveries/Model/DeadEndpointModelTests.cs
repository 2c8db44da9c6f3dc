using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries.Model;

/// <summary>
/// What must hold while endpoints are dead or slow, by a model with the code's own gate, policy and schedules.
/// </summary>
public sealed class DeadEndpointModelTests
{
    static readonly TimeSpan Timeout = new EgressOptions().Timeout;
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // How much later than a run of plain failures any other ends.
    static readonly TimeSpan Lateness = 10 * Minute;

    // Ten messages: each sent, received and settled.
    const int OperationsOfTenFailures = 30;
    const double MostOperations = OperationsOfTenFailures * 1.5;

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

        model.RunUntil(Minute + ScheduleOf(Timeout) + Lateness);

        AssertEnded(model, Timeout);
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

        model.RunUntil(Minute + ScheduleOf(Timeout) + Lateness);

        AssertEnded(model, Timeout);
        Assert.Contains(model.Deliveries, delivery => delivery.Delivered);
        Assert.Contains(model.Deliveries, delivery => !delivery.Delivered);
    }

    [Fact]
    public void Of_a_hundred_that_never_answer_every_run_ends_in_time_and_few_cost_more()
    {
        var model = new InstanceModel();
        SendToDead(model, 100, 1, 50, TimeSpan.Zero, Hangs);

        model.RunUntil(Minute + ScheduleOf(Timeout) + Lateness);

        Assert.All(model.Deliveries, delivery => AssertEnded(delivery, Timeout));
        Assert.InRange(model.Deliveries.Average(delivery => delivery.Operations), 0, MostOperations);
        Assert.InRange(
            model.Deliveries.Count(delivery => delivery.Operations > MostOperations), 0,
            0.02 * model.Deliveries.Count);
    }

    [Theory]
    [InlineData("200 after 15 s", 1, 3)]
    [InlineData("drips after a 200", 2, 2)]
    [InlineData("200 after 1.9 s", 1, 6)]
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

        model.RunUntil(Minute + ScheduleOf(Timeout) + Lateness);

        AssertEnded(model, Timeout);
        var healthy = model.Deliveries.Where(delivery => delivery.Delivered).ToList();
        Assert.Equal(model.Deliveries.Count * 3 / 4, healthy.Count, tolerance: 1);
        Assert.All(healthy, delivery => Assert.Equal(0, delivery.PutBacks));
        Assert.InRange(model.MostCalls, 1, HostFile.MaxConcurrentCalls - 1);
    }

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
        Assert.True(deadSeconds > Timeout.TotalSeconds || uncounted > 0);
        Assert.InRange(most, 1, 2 * new EndpointBounds(HostFile.MaxConcurrentCalls, Timeout).MostUnprovenOfEndpoint);
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

        model.RunUntil(ScheduleOf(Timeout) + Lateness);

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

    static void AssertEnded(InstanceModel model, TimeSpan request)
    {
        Assert.NotEmpty(model.Deliveries);
        Assert.All(model.Deliveries, delivery =>
        {
            AssertEnded(delivery, request);
            Assert.InRange(delivery.Operations, 0, MostOperations);
        });
        AssertEvidence(model);
    }

    static void AssertEnded(ModelDelivery delivery, TimeSpan request)
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
                    begun.Count(request => request.BeganAt > ended[^1].EndsAt), 0, EndpointGate.MostWhenDown);
                Assert.True(!isAlone || begun.Exists(request => request.EndsAt >= at));
            });
        }

        static (ErrorClass?, int?) WayOf(ModelRequest request) =>
            (request.Exchange.Error, request.Exchange.Status / 100);
    }

    // The fixed schedule, nine waits at their longest and ten requests, by which a run of plain failures ends.
    static TimeSpan ScheduleOf(TimeSpan request) => request * RetrySchedule.MaxAttempts
        + Enumerable.Range(1, RetrySchedule.MaxAttempts - 1)
        .Select(attempt => new[] { 0, 0.999999 }.Max(jitter => RetrySchedule.WaitAfter(attempt, jitter)))
        .Aggregate((sum, wait) => sum + wait);

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

    static void SendToDead(
        InstanceModel model, int tenants, int each, double perSecondInAll, TimeSpan dies, Func<Exchange> dead)
    {
        for (var number = 0; number < tenants * each; number++)
        {
            model.Send(
                new ModelEndpoint(KeyOf($"dead{number % tenants}", number), since => since < dies ? Works() : dead()),
                perSecondInAll / (tenants * each), TimeSpan.FromMilliseconds(number), Minute);
        }
    }

    static TimeSpan Percentile(List<TimeSpan> values, double part) =>
        values.Order().ElementAt((int)(values.Count * part));

    static EndpointKey KeyOf(string tenant, int number) => new(tenant, $"sub_{number}", $"https://{number}");

    static TimeSpan RequestOf(string way) => Endpoint("any", 0, way).Answer(TimeSpan.Zero).Timings.Total;

    static ModelEndpoint Endpoint(string tenant, int number, string way)
    {
        var requests = 0;
        return new(KeyOf(tenant, number), _ => way switch
        {
            "works" => Works(),
            "refuses" => Failed(ErrorClass.Refused, TimeSpan.FromMilliseconds(1)),
            "503 after 14 s" => Answered(503, 14 * Second),
            "fails in two ways" => requests++ % 2 == 0 ? Hangs() : Answered(503, 14 * Second),
            "200 after 15 s" => Answered(200, Timeout),
            "200 after 1.9 s" => Answered(200, 1.9 * Second),
            // Bytes for ever, until the time-out: an outcome like no answer, as long as none is a final status (see
            // EgressClientDeadlineTests).
            "never answers" or "drips before a status" => Hangs(),
            // After a 2xx, the event is delivered, whatever the headers do until the time-out.
            "drips after a 200" => Answered(200, Timeout) with { Error = ErrorClass.Http },
            _ => throw new ArgumentOutOfRangeException(nameof(way), way, "No endpoint does that."),
        });
    }

    static Exchange Works() => Answered(200, TimeSpan.FromMilliseconds(50));

    static Exchange Hangs() => Failed(ErrorClass.Timeout, Timeout);

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
