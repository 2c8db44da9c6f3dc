using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Logging.Testing;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class EndpointGateTests
{
    static readonly EndpointKey One = KeyOf("a", 1);
    static readonly EndpointKey Other = KeyOf("b", 2);

    static readonly EndpointBounds Bounds = new(HostFile.MaxConcurrentCalls, new EgressOptions().Timeout);

    readonly SteppedTime _time = new(Some.Time);
    readonly FakeLogger<EndpointGate> _log = new();
    readonly EndpointGate _gate;

    public EndpointGateTests() => _gate = new EndpointGate(Bounds, _time, _log);

    [Fact]
    public async Task A_proven_endpoint_takes_half_of_what_all_may_have()
    {
        await ProveAsync(One);
        Assert.Equal(56, Hold(One, 200).Count);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(20)]
    public async Task Proven_endpoints_together_leave_calls_to_one_that_has_none(int endpoints)
    {
        foreach (var number in Enumerable.Range(0, endpoints))
        {
            await ProveAsync(KeyOf($"t{number}", number));
        }

        await ProveAsync(Other);
        // In turns, as messages come.
        var held = Enumerable.Range(0, 60).SelectMany(_ => Enumerable.Range(0, endpoints))
            .Sum(number => Hold(KeyOf($"t{number}", number), 1).Count);

        Assert.InRange(held, Bounds.MostInAll / 2, Bounds.MostInAll);
        Assert.NotEmpty(Hold(Other, 1));
    }

    [Fact]
    public async Task A_straggler_among_quick_answers_makes_nothing_slow()
    {
        await ProveAsync(One);
        Hang(One, 1);
        _time.Advance(TimeSpan.FromSeconds(10));
        await ProveAsync(One);
        await FailAsync(One, Answered(200));

        Assert.Equal(Bounds.Most - 1, Hold(One, 200).Count);
    }

    [Theory]
    [InlineData(16, false)]
    [InlineData(17, true)]
    public async Task Many_stragglers_do_though_others_come_back_quickly(int stragglers, bool isSlow)
    {
        await ProveAsync(One);
        Hang(One, stragglers);
        _time.Advance(EndpointGate.SlowFrom / 2);
        await RequestAsync(One, Answered(200), TimeSpan.Zero);
        _time.Advance(EndpointGate.SlowFrom / 2);

        Assert.Equal(isSlow, _gate.Ask(One) is EndpointAdmission.Busy);
    }

    [Fact]
    public async Task Once_more_is_due_for_a_slow_endpoint_than_it_takes_in_two_minutes_it_is_overloaded()
    {
        await RequestAsync(One, Answered(200), TimeSpan.FromSeconds(15));
        Hang(One, 200);

        var waits = new List<TimeSpan>();
        while (_gate.Ask(One) is EndpointAdmission.Busy(var comeAgain, _))
        {
            waits.Add(comeAgain!.Value);
        }

        // Eight at a time, fifteen seconds each; one was refused when it took all slots.
        Assert.Equal((int)((120 - 5) / (15 / 8.0)) - 1, waits.Count);
        Assert.Equal(waits.Order(), waits);
        Assert.InRange(waits[^1], TimeSpan.FromSeconds(115), TimeSpan.FromSeconds(120));
        Assert.Equal(
            new EndpointAdmission.Overloaded(new EndpointLoad(8, TimeSpan.FromSeconds(15))), _gate.Ask(One));
    }

    [Fact]
    public async Task What_may_not_be_put_back_again_fails_by_the_load_only_while_requests_are_under_way()
    {
        await RequestAsync(One, Answered(200), TimeSpan.FromSeconds(15));
        await RequestAsync(Other, Answered(200), TimeSpan.FromSeconds(15));
        Hang(One, 1);
        foreach (var number in Enumerable.Range(0, 100))
        {
            Hang(KeyOf($"t{number}", number), 200);
        }

        Assert.IsType<EndpointAdmission.Overloaded>(_gate.Ask(One, mayComeAgain: false));
        Assert.IsType<EndpointAdmission.Busy>(_gate.Ask(Other, mayComeAgain: false));
    }

    [Fact]
    public void What_may_not_be_put_back_again_is_so_all_the_same_while_nothing_is_known_of_the_endpoint()
    {
        Hang(One, 200);
        _time.Advance(EndpointGate.SlowFrom);
        Assert.Equal(new EndpointAdmission.Busy(null, Bounds.FirstWait), _gate.Ask(One, mayComeAgain: false)
            ?? _gate.Refuse(One, mayComeAgain: false));
    }

    // A healthy one has answered by then. The first requests may not have left yet: their secrets are read before.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_a_burst_to_an_endpoint_that_is_new_what_gets_no_slot_comes_again_soon(bool requested)
    {
        _ = requested ? Hang(One, 200) : Hold(One, 200).Count;
        Assert.Equal(
            new EndpointAdmission.Busy(PutBackSchedule.First, Bounds.FirstWait), _gate.Ask(One) ?? _gate.Refuse(One));
    }

    // All slots are others': nobody has asked it anything.
    [Fact]
    public void What_is_due_for_an_endpoint_that_has_no_slot_at_all_waits_for_longer()
    {
        foreach (var number in Enumerable.Range(0, 100))
        {
            Hang(KeyOf($"t{number}", number), 200);
        }

        Assert.Equal(
            new EndpointAdmission.Busy(null, Bounds.FirstWait), _gate.Ask(One) ?? _gate.Refuse(One));
    }

    [Fact]
    public void A_tenant_at_its_bound_is_told_of_once_a_minute()
    {
        Crowd();
        Assert.Equal(
            [
                "Endpoints of tenant a that are new, slow or dead have all 32 calls that those of one tenant may have. "
                + "What else is due for them is put back, uncounted",
            ],
            _log.Lines);

        _time.Advance(TimeSpan.FromSeconds(59));
        Crowd();
        Assert.Single(_log.Lines);
        _time.Advance(TimeSpan.FromSeconds(1));
        Crowd();
        Assert.Equal(2, _log.Lines.Count);

        void Crowd()
        {
            foreach (var number in Enumerable.Range(0, 50))
            {
                Hang(KeyOf("a", number), 200);
                _gate.Refuse(KeyOf("a", number));
            }
        }
    }

    [Fact]
    public async Task A_tenant_that_has_all_calls_that_a_tenant_may_have_is_told_of()
    {
        foreach (var number in Enumerable.Range(0, 5))
        {
            await ProveAsync(KeyOf("a", number));
        }

        foreach (var number in Enumerable.Range(0, 5))
        {
            Hold(KeyOf("a", number), 200);
        }

        Assert.Equal(
            "Tenant a has all 96 calls that a tenant may have of an instance. What else is due for it is put back, "
            + "uncounted",
            Assert.Single(_log.Lines));
    }

    [Fact]
    public void All_slow_endpoints_at_their_bound_are_told_of_once_a_minute()
    {
        foreach (var number in Enumerable.Range(0, 500))
        {
            Hang(KeyOf($"t{number}", number), 200);
            _gate.Refuse(KeyOf($"t{number}", number));
        }

        Assert.Equal(
            "Endpoints that are new, slow or dead have all 64 calls that they may have of this instance. What else is "
            + "due for them is put back, uncounted",
            Assert.Single(_log.Lines));
    }

    [Fact]
    public void A_new_endpoint_gets_a_few() => Assert.Equal(Bounds.MostUnprovenOfEndpoint, Hold(One, 200).Count);

    [Fact]
    public async Task Each_quick_answer_in_a_row_adds_one_and_a_slow_one_ends_that()
    {
        for (var quick = 1; quick <= 3; quick++)
        {
            await RequestAsync(One, Answered(500), TimeSpan.Zero);
            var held = Hold(One, 200);
            Assert.Equal(Bounds.MostUnprovenOfEndpoint + quick, held.Count);
            held.ForEach(slot => slot.Dispose());
        }

        await RequestAsync(One, Answered(200), EndpointGate.SlowFrom);
        Assert.Equal(Bounds.MostUnprovenOfEndpoint, Hold(One, 200).Count);
    }

    [Fact]
    public async Task Tenants_leave_calls_to_others()
    {
        foreach (var number in Enumerable.Range(0, 5))
        {
            await ProveAsync(KeyOf("a", number));
        }

        Assert.Equal(
            Bounds.MostOfTenant, Enumerable.Range(0, 5).Sum(number => Hold(KeyOf("a", number), 200).Count));
        Assert.NotEmpty(Hold(Other, 1));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    public void Endpoints_of_one_tenant_that_hang_leave_calls_to_other_tenants(int endpoints)
    {
        var held = Enumerable.Range(0, endpoints).Select(number => Hang(KeyOf("a", number), 200)).ToList();
        Assert.Equal(Bounds.MostUnprovenOfTenant, held.Sum());
        Assert.NotEmpty(Hold(Other, 1));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(500)]
    public void All_endpoints_that_hang_leave_half_of_the_calls(int tenants)
    {
        var held = Enumerable.Range(0, tenants).Select(number => Hang(KeyOf($"t{number}", number), 200)).ToList();
        Assert.Equal(Bounds.MostUnproven, held.Sum());
        // The more there are, the less each gets.
        Assert.Equal(held.OrderDescending(), held);
        Assert.InRange(held.Count(slots => slots > 0), 25, Bounds.MostUnproven);
    }

    [Fact]
    public async Task Endpoints_that_hang_leave_half_of_the_rest_to_one_that_is_proven()
    {
        await ProveAsync(Other);
        foreach (var number in Enumerable.Range(0, 100))
        {
            Hang(KeyOf($"t{number}", number), 200);
        }

        Assert.Equal((Bounds.MostInAll - Bounds.MostUnproven) / 2, Hold(Other, 200).Count);
    }

    [Fact]
    public async Task A_burst_gets_its_turn_when_a_request_ends()
    {
        await ProveAsync(One);
        var held = Hold(One, 200);

        var next = _gate.EnterAsync(One, true, default);
        Assert.False(next.IsCompleted);
        held[0].Dispose();

        Assert.IsType<EndpointAdmission.Granted>(await next);
    }

    [Fact]
    public async Task A_burst_whose_turn_does_not_come_is_put_back_to_when_there_is_likely_to_be_room()
    {
        await ProveAsync(One, TimeSpan.FromSeconds(1));
        Hold(One, 200);

        var next = Enumerable.Range(0, Bounds.MostWaiting).Select(_ => _gate.EnterAsync(One, true, default)).ToList();
        var atOnce = await _gate.EnterAsync(One, true, default);
        Assert.Equal(EndpointGate.Patience, await _time.SkipAsync());

        Assert.IsType<EndpointAdmission.Busy>(atOnce);
        var waits = (await Task.WhenAll(next))
            .Select(admission => Assert.IsType<EndpointAdmission.Busy>(admission).ComeAgain!.Value).ToList();
        Assert.All(
            waits,
            wait => Assert.InRange(wait, PutBackSchedule.First, PutBackSchedule.First + TimeSpan.FromSeconds(1)));
        Assert.Equal(waits.Count, waits.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_gave_up_waiting_takes_no_slot(bool isStopped)
    {
        await ProveAsync(One);
        var held = Hold(One, 200);
        using var stopping = new CancellationTokenSource();
        var gaveUp = _gate.EnterAsync(One, true, stopping.Token);
        if (isStopped)
        {
            await stopping.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gaveUp);
        }
        else
        {
            await _time.SkipAsync();
            Assert.IsType<EndpointAdmission.Busy>(await gaveUp);
        }

        held[0].Dispose();

        Assert.Single(Hold(One, 200));
    }

    [Fact]
    public async Task Those_who_wait_learn_at_once_that_the_endpoint_is_slow()
    {
        await ProveAsync(One);
        var held = Hang(One, 200);
        _time.Advance(EndpointGate.SlowFrom - EndpointGate.Patience / 2);
        var waiting = _gate.EnterAsync(One, true, default);
        Assert.False(waiting.IsCompleted);
        _time.Advance(EndpointGate.Patience / 2);
        Hold(Other, 1)[0].Dispose();

        Assert.IsType<EndpointAdmission.Busy>(await waiting);
        Assert.Equal(Bounds.Most, held);
    }

    [Fact]
    public async Task An_endpoint_is_down_when_all_requests_of_half_a_minute_failed_in_the_same_way()
    {
        await RequestAsync(One, Failed(ErrorClass.Timeout), TimeSpan.FromSeconds(15));
        Hang(One, 200);
        Assert.IsType<EndpointAdmission.Busy>(_gate.Ask(One));

        _time.Advance(TimeSpan.FromSeconds(15));
        await FailAsync(One, Failed(ErrorClass.Timeout));

        var down = Assert.IsType<EndpointAdmission.Down>(_gate.Ask(One)).Evidence;
        Assert.Equal((2, ErrorClass.Timeout, _time.GetUtcNow()), (down.Requests, down.Last.Error, down.LastAt));
        _time.Advance(Bounds.EvidenceWindow + TimeSpan.FromSeconds(1));
        Hang(One, 200);
        Assert.IsType<EndpointAdmission.Busy>(_gate.Ask(One));

        // One more that fails as those before did is enough.
        await FailAsync(One, Failed(ErrorClass.Timeout));
        Assert.Equal(3, Assert.IsType<EndpointAdmission.Down>(_gate.Ask(One)).Evidence.Requests);
    }

    [Theory]
    [InlineData("timeout", "reset", false)]
    [InlineData("503", "timeout", false)]
    [InlineData("503", "404", false)]
    [InlineData("200", "timeout", false)]
    [InlineData("502", "503", true)]
    [InlineData("reset", "reset", true)]
    public async Task Other_failures_and_successes_within_that_time_speak_against_it(
        string first, string then, bool isDown)
    {
        await RequestAsync(One, Of(first), TimeSpan.FromSeconds(3));
        await RequestAsync(One, Of(then), TimeSpan.FromSeconds(3));
        await RequestAsync(One, Of(then), TimeSpan.FromSeconds(3));
        Hang(One, 200);

        Assert.Equal(isDown, _gate.Ask(One) is EndpointAdmission.Down);
        // What was otherwise has become old, and the same goes on.
        _time.Advance(TimeSpan.FromSeconds(28));
        await FailAsync(One, Of(then));
        await FailAsync(One, Of(then));
        Assert.IsType<EndpointAdmission.Down>(_gate.Ask(One));
    }

    [Fact]
    public async Task Requests_go_on_while_it_is_down_two_at_a_time()
    {
        await MakeDownAsync(One);
        Assert.Equal(EndpointGate.MostWhenDown, Hang(One, 200));
    }

    [Fact]
    public async Task Evidence_is_kept_no_longer_when_the_clock_is_set_back()
    {
        await MakeDownAsync(One);
        _time.Set(TimeSpan.FromMinutes(-10));
        _time.Advance(Bounds.EvidenceWindow + TimeSpan.FromSeconds(1));
        Hang(One, 200);

        Assert.IsType<EndpointAdmission.Busy>(_gate.Ask(One));
    }

    [Fact]
    public async Task The_first_success_opens_it_at_once()
    {
        await MakeDownAsync(One);
        var probes = Hold(One, 200);
        Assert.IsType<EndpointAdmission.Down>(_gate.Ask(One));
        await probes[0].SendAsync(() => Task.FromResult(Answered(200)));
        probes[0].Dispose();

        Assert.Equal(Bounds.MostUnprovenOfEndpoint, Hold(One, 200).Count);
        Assert.Collection(
            _log.Lines,
            line => Assert.Equal(
                "The endpoint of subscription sub_1 of tenant a is down: the last 2 requests all failed (no answer "
                + "timeout). What is due for it counts as failed, without a request, while it has no slot to give",
                line),
            line => Assert.Equal("The endpoint of subscription sub_1 of tenant a works again", line));
    }

    [Fact]
    public async Task It_is_told_once_and_not_for_each_attempt()
    {
        await MakeDownAsync(One);
        Hang(One, 200);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            Assert.IsType<EndpointAdmission.Down>(_gate.Ask(One));
        }

        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task A_fault_of_our_own_says_nothing_of_the_endpoint()
    {
        await MakeDownAsync(One);
        using (var slot = Hold(One, 1)[0])
        {
            await Assert.ThrowsAsync<InvalidOperationException>(
                () => slot.SendAsync(() => throw new InvalidOperationException()));
        }

        Hang(One, 200);
        Assert.IsType<EndpointAdmission.Down>(_gate.Ask(One));
    }

    [Fact]
    public async Task What_is_known_of_many_idle_endpoints_is_forgotten()
    {
        await MakeDownAsync(One);
        foreach (var number in Enumerable.Range(0, 10_001))
        {
            Hold(KeyOf("many", number), 1)[0].Dispose();
        }

        Assert.Equal(Bounds.MostUnprovenOfEndpoint, Hold(One, 200).Count);
    }

    static EndpointKey KeyOf(string tenant, int number) =>
        new(tenant, $"sub_{number}", $"https://{number}.example.com/");

    static Exchange Of(string what) => what switch
    {
        "timeout" => Failed(ErrorClass.Timeout),
        "reset" => Failed(ErrorClass.Reset),
        _ => Answered(int.Parse(what, System.Globalization.CultureInfo.InvariantCulture)),
    };

    static Exchange Answered(int status) =>
        new() { Status = status, Error = status < 300 ? null : ErrorClass.Http, Explanation = "" };

    static Exchange Failed(ErrorClass error) => new() { Error = error, Explanation = "" };

    async Task RequestAsync(EndpointKey key, Exchange exchange, TimeSpan took)
    {
        using var slot = Hold(key, 1)[0];
        await slot.SendAsync(() =>
        {
            _time.Advance(took);
            return Task.FromResult(exchange);
        });
    }

    // One that began before others took all slots, and ends now.
    async Task FailAsync(EndpointKey key, Exchange exchange)
    {
        var endpoint = _hanging[key].Dequeue();
        endpoint.Answer.SetResult(exchange);
        await endpoint.Sending;
        endpoint.Slot.Dispose();
        Hang(key, 1);
    }

    readonly Dictionary<EndpointKey, Queue<(EndpointSlot Slot, TaskCompletionSource<Exchange> Answer, Task Sending)>>
        _hanging = [];

    async Task ProveAsync(EndpointKey key, TimeSpan took = default)
    {
        for (var number = 0; number < Bounds.Most; number++)
        {
            await RequestAsync(key, Answered(200), took);
        }
    }

    async Task MakeDownAsync(EndpointKey key)
    {
        await RequestAsync(key, Failed(ErrorClass.Timeout), TimeSpan.FromSeconds(10));
        await RequestAsync(key, Failed(ErrorClass.Timeout), TimeSpan.FromSeconds(10));
    }

    List<EndpointSlot> Hold(EndpointKey key, int most)
    {
        var slots = new List<EndpointSlot>();
        while (slots.Count < most && _gate.Ask(key) is EndpointAdmission.Granted(var slot))
        {
            slots.Add(slot);
        }

        return slots;
    }

    int Hang(EndpointKey key, int most)
    {
        var slots = Hold(key, most);
        _hanging.TryAdd(key, new());
        foreach (var slot in slots)
        {
            var answer = new TaskCompletionSource<Exchange>();
            _hanging[key].Enqueue((slot, answer, slot.SendAsync(() => answer.Task)));
        }

        return slots.Count;
    }
}
