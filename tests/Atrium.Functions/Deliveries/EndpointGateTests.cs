using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class EndpointGateTests
{
    static readonly EndpointKey One = KeyOf("a", 1);
    static readonly EndpointKey Other = KeyOf("b", 2);

    readonly SteppedTime _time = new(Some.Time);
    readonly CollectedLog<EndpointGate> _log = new();
    readonly EndpointGate _gate;

    public EndpointGateTests() => _gate = new EndpointGate(_time, _log);

    [Fact]
    public async Task A_proven_endpoint_takes_half_of_an_instances_calls()
    {
        await ProveAsync(One);
        Assert.Equal(EndpointGate.Most, Hold(One, 200).Count);
        Assert.Equal(EndpointGate.Most, HostFile.MaxConcurrentCalls / 2);
    }

    [Fact]
    public void A_new_endpoint_gets_a_few() => Assert.Equal(EndpointGate.MostUnprovenOfEndpoint, Hold(One, 200).Count);

    [Fact]
    public async Task Each_quick_answer_in_a_row_adds_one_and_a_slow_one_ends_that()
    {
        for (var quick = 1; quick <= 3; quick++)
        {
            await RequestAsync(One, Answered(500), TimeSpan.Zero);
            var held = Hold(One, 200);
            Assert.Equal(EndpointGate.MostUnprovenOfEndpoint + quick, held.Count);
            held.ForEach(slot => slot.Dispose());
        }

        await RequestAsync(One, Answered(200), EndpointGate.SlowFrom);
        Assert.Equal(EndpointGate.MostUnprovenOfEndpoint, Hold(One, 200).Count);
    }

    [Fact]
    public async Task Tenants_leave_calls_to_others()
    {
        foreach (var number in Enumerable.Range(0, 5))
        {
            await ProveAsync(KeyOf("a", number));
        }

        Assert.Equal(
            EndpointGate.MostOfTenant, Enumerable.Range(0, 5).Sum(number => Hold(KeyOf("a", number), 200).Count));
        Assert.NotEmpty(Hold(Other, 1));
    }

    [Theory]
    [InlineData(20, EndpointGate.MostUnprovenOfTenant)]
    [InlineData(200, EndpointGate.MostUnprovenOfTenant)]
    public void Endpoints_of_one_tenant_that_hang_leave_calls_to_other_tenants(int endpoints, int most)
    {
        var held = Enumerable.Range(0, endpoints).Select(number => Hang(KeyOf("a", number), 200)).ToList();
        Assert.Equal(most, held.Sum());
        Assert.NotEmpty(Hold(Other, 1));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(500)]
    public void All_endpoints_that_hang_leave_half_of_the_calls(int tenants)
    {
        var held = Enumerable.Range(0, tenants).Select(number => Hang(KeyOf($"t{number}", number), 200)).ToList();
        Assert.Equal(EndpointGate.MostUnproven, held.Sum());
        // The more there are, the less each gets.
        Assert.Equal(held.OrderDescending(), held);
        Assert.InRange(held.Count(slots => slots > 0), 25, EndpointGate.MostUnproven);
    }

    [Fact]
    public async Task Endpoints_that_hang_take_nothing_from_one_that_is_proven()
    {
        await ProveAsync(Other);
        foreach (var number in Enumerable.Range(0, 100))
        {
            Hang(KeyOf($"t{number}", number), 200);
        }

        Assert.Equal(EndpointGate.Most, Hold(Other, 200).Count);
    }

    [Fact]
    public async Task A_burst_gets_its_turn_when_a_request_ends()
    {
        await ProveAsync(One);
        var held = Hold(One, 200);

        var next = _gate.EnterAsync(One, default);
        Assert.False(next.IsCompleted);
        held[0].Dispose();

        Assert.IsType<EndpointAdmission.Granted>(await next);
    }

    [Fact]
    public async Task A_burst_whose_turn_does_not_come_is_put_back_to_when_there_is_likely_to_be_room()
    {
        await ProveAsync(One, TimeSpan.FromSeconds(1));
        Hold(One, 200);

        var next = Enumerable.Range(0, EndpointGate.MostWaiting).Select(_ => _gate.EnterAsync(One, default)).ToList();
        var atOnce = await _gate.EnterAsync(One, default);
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
        var gaveUp = _gate.EnterAsync(One, stopping.Token);
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
        var waiting = _gate.EnterAsync(One, default);
        Assert.False(waiting.IsCompleted);
        _time.Advance(EndpointGate.Patience / 2);
        Hold(Other, 1)[0].Dispose();

        Assert.IsType<EndpointAdmission.Busy>(await waiting);
        Assert.Equal(EndpointGate.Most, held);
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
        _time.Advance(Endpoint.EvidenceWindow + TimeSpan.FromSeconds(1));
        Hang(One, 200);
        Assert.IsType<EndpointAdmission.Busy>(_gate.Ask(One));
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
    public async Task The_first_success_opens_it_at_once()
    {
        await MakeDownAsync(One);
        var probes = Hold(One, 200);
        Assert.IsType<EndpointAdmission.Down>(_gate.Ask(One));
        await probes[0].SendAsync(() => Task.FromResult(Answered(200)));
        probes[0].Dispose();

        Assert.Equal(EndpointGate.MostUnprovenOfEndpoint, Hold(One, 200).Count);
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

        Assert.Equal(EndpointGate.MostUnprovenOfEndpoint, Hold(One, 200).Count);
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
        for (var number = 0; number < EndpointGate.Most; number++)
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
