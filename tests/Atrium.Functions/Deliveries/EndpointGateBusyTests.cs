using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using static Atrium.Functions.Tests.Deliveries.GateRig;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>What becomes of deliveries for which their endpoint has no slot at the moment.</summary>
public sealed class EndpointGateBusyTests
{
    readonly GateRig _rig = new();

    [Fact]
    public async Task A_straggler_among_quick_answers_makes_nothing_slow()
    {
        await _rig.ProveAsync(One);
        _rig.Hang(One, 1);
        _rig.Time.Advance(TimeSpan.FromSeconds(10));
        await _rig.ProveAsync(One);
        await _rig.FailAsync(One, Answered(200));

        Assert.Equal(Bounds.Most - 1, _rig.Hold(One, 200).Count);
    }

    [Theory]
    [InlineData(16, false)]
    [InlineData(17, true)]
    public async Task Many_stragglers_do_though_others_come_back_quickly(int stragglers, bool isSlow)
    {
        await _rig.ProveAsync(One);
        _rig.Hang(One, stragglers);
        _rig.Time.Advance(EndpointGate.SlowFrom / 2);
        await _rig.RequestAsync(One, Answered(200), TimeSpan.Zero);
        _rig.Time.Advance(EndpointGate.SlowFrom / 2);

        Assert.Equal(isSlow, _rig.Gate.Ask(One, mayComeAgain: true) is EndpointAdmission.Busy);
    }

    [Fact]
    public async Task Once_more_is_due_for_a_slow_endpoint_than_it_takes_in_two_minutes_it_is_overloaded()
    {
        await _rig.RequestAsync(One, Answered(200), TimeSpan.FromSeconds(15));
        _rig.Hang(One, 200);

        var waits = new List<TimeSpan>();
        while (_rig.Gate.Ask(One, mayComeAgain: true) is EndpointAdmission.Busy(var comeAgain, _))
        {
            waits.Add(comeAgain!.Value);
        }

        // Eight at a time, fifteen seconds each; one was refused when it took all slots.
        Assert.Equal((int)((120 - 5) / (15 / 8.0)) - 1, waits.Count);
        Assert.Equal(waits.Order(), waits);
        Assert.InRange(waits[^1], TimeSpan.FromSeconds(115), TimeSpan.FromSeconds(120));
        Assert.Equal(
            new EndpointAdmission.Overloaded(8, TimeSpan.FromSeconds(15)),
            _rig.Gate.Ask(One, mayComeAgain: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_that_works_is_not_overloaded_while_others_have_the_calls_that_it_could_take(
        bool mayComeAgain)
    {
        await _rig.ProveAsync(One, TimeSpan.FromMilliseconds(100));
        _rig.Hang(One, 1);
        await _rig.FillAsync();
        _rig.Hang(One, 200);

        Assert.IsType<EndpointAdmission.InstanceBusy>(_rig.Gate.Admit(One, mayComeAgain));
    }

    [Fact]
    public async Task Slots_without_a_request_are_no_load_of_the_endpoint()
    {
        await _rig.ProveAsync(One);
        Assert.Equal(Bounds.Most, _rig.Hold(One, 200).Count);

        Assert.IsType<EndpointAdmission.Busy>(_rig.Gate.Admit(One, mayComeAgain: false));
    }

    [Fact]
    public async Task What_was_promised_while_an_endpoint_was_slow_is_forgotten_when_it_is_quick_again()
    {
        await _rig.RequestAsync(One, Answered(200), TimeSpan.FromSeconds(15));
        while (_rig.Gate.Admit(One, mayComeAgain: true) is EndpointAdmission.Busy({ } wait, _)
            && wait < TimeSpan.FromSeconds(60))
        {
        }

        await _rig.ProveAsync(One);

        _rig.Hang(One, 200);
        Assert.InRange(
            Assert.IsType<EndpointAdmission.Busy>(_rig.Gate.Admit(One, mayComeAgain: true)).ComeAgain!.Value,
            TimeSpan.Zero,
            2 * PutBackSchedule.First);
    }

    [Fact]
    public async Task What_may_not_be_put_back_again_fails_by_the_load_once_the_endpoint_has_all_that_it_may_have()
    {
        await _rig.RequestAsync(One, Answered(200), TimeSpan.FromSeconds(15));
        Assert.Equal(Bounds.MostUnprovenOfEndpoint, _rig.Hang(One, 200));

        Assert.IsType<EndpointAdmission.Overloaded>(_rig.Gate.Ask(One, mayComeAgain: false));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_slow_endpoint_that_works_is_not_blamed_for_the_calls_that_dead_ones_have(int underWay)
    {
        await _rig.RequestAsync(One, Answered(200), TimeSpan.FromSeconds(4));
        Assert.Equal(underWay, _rig.Hang(One, underWay));
        foreach (var number in Enumerable.Range(0, 100))
        {
            _rig.Hang(KeyOf($"t{number}", number), 200);
        }

        Assert.IsType<EndpointAdmission.InstanceBusy>(_rig.Gate.Ask(One, mayComeAgain: false));
    }

    [Fact]
    public async Task Endpoints_that_are_down_leave_calls_to_slow_ones_that_work()
    {
        await _rig.RequestAsync(One, Answered(200), TimeSpan.FromSeconds(4));
        var dead = Enumerable.Range(0, 40).Select(number => KeyOf($"t{number}", number)).ToList();
        dead.ForEach(key => _rig.Hang(key, 1));
        foreach (var _ in Enumerable.Range(0, 2))
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(15));
            foreach (var key in dead)
            {
                await _rig.FailAsync(key, Failed(ErrorClass.Timeout));
            }
        }

        Assert.InRange(_rig.Hang(One, 200), 4, Bounds.MostUnprovenOfEndpoint);
    }

    [Fact]
    public async Task An_endpoint_alone_that_has_only_just_become_quick_does_not_find_the_instance_busy()
    {
        await _rig.RequestAsync(One, Answered(200), TimeSpan.Zero);
        Assert.Equal(Bounds.MostUnprovenOfEndpoint + 1, _rig.Hang(One, 200));

        Assert.IsType<EndpointAdmission.Busy>(_rig.Gate.Admit(One, mayComeAgain: true));
        Assert.Empty(_rig.Log.Lines);
    }

    [Fact]
    public async Task An_endpoint_that_hangs_again_soon_after_it_came_back_is_not_proven_for_five_minutes()
    {
        await _rig.ProveAsync(One);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await _rig.RequestAsync(One, Answered(200), TimeSpan.FromSeconds(3));
            await _rig.ProveAsync(One);
        }

        // Half of what all that are not proven may have.
        Assert.Equal(Bounds.MostUnproven / 2, _rig.Hold(One, 200).Count);

        _rig.Time.Advance(Endpoint.Doubt + TimeSpan.FromTicks(1));
        Assert.Equal(Bounds.Most - Bounds.MostUnproven / 2, _rig.Hold(One, 200).Count);
    }

    [Fact]
    public void What_may_not_be_put_back_again_is_so_all_the_same_while_nothing_is_known_of_the_endpoint()
    {
        _rig.Hang(One, 200);
        _rig.Time.Advance(EndpointGate.SlowFrom);
        Assert.Equal(new EndpointAdmission.Busy(null, Bounds.FirstWait), _rig.Gate.Ask(One, mayComeAgain: false)
            ?? _rig.Gate.Admit(One, mayComeAgain: false));
    }

    // A healthy one has answered by then. The first requests may not have left yet: their secrets are read before.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_a_burst_to_an_endpoint_that_is_new_what_gets_no_slot_comes_again_soon(bool requested)
    {
        _ = requested ? _rig.Hang(One, 200) : _rig.Hold(One, 200).Count;
        Assert.Equal(
            new EndpointAdmission.Busy(PutBackSchedule.First, Bounds.FirstWait),
            _rig.Gate.Ask(One, mayComeAgain: true) ?? _rig.Gate.Admit(One, mayComeAgain: true));
    }

    // All slots are others': nobody has asked it anything.
    [Fact]
    public void What_is_due_for_an_endpoint_that_has_no_slot_at_all_waits_for_longer()
    {
        foreach (var number in Enumerable.Range(0, 100))
        {
            _rig.Hang(KeyOf($"t{number}", number), 200);
        }

        Assert.Equal(
            new EndpointAdmission.Busy(null, Bounds.FirstWait),
            _rig.Gate.Ask(One, mayComeAgain: true) ?? _rig.Gate.Admit(One, mayComeAgain: true));
    }

    [Fact]
    public async Task A_burst_gets_its_turn_when_a_request_ends()
    {
        await _rig.ProveAsync(One);
        var held = _rig.Hold(One, 200);

        var next = _rig.Gate.EnterAsync(One, true, default);
        Assert.False(next.IsCompleted);
        held[0].Dispose();

        Assert.IsType<EndpointAdmission.Granted>(await next);
    }

    [Fact]
    public async Task A_burst_whose_turn_does_not_come_is_put_back_to_when_there_is_likely_to_be_room()
    {
        await _rig.ProveAsync(One, TimeSpan.FromSeconds(1));
        _rig.Hang(One, 200);

        var next = Enumerable.Range(0, Bounds.MostWaiting)
            .Select(_ => _rig.Gate.EnterAsync(One, true, default)).ToList();
        var atOnce = await _rig.Gate.EnterAsync(One, true, default);
        Assert.Equal(EndpointGate.Patience, await _rig.Time.SkipAsync());

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
        await _rig.ProveAsync(One);
        var held = _rig.Hold(One, 200);
        using var stopping = new CancellationTokenSource();
        var gaveUp = _rig.Gate.EnterAsync(One, true, stopping.Token);
        if (isStopped)
        {
            await stopping.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gaveUp);
        }
        else
        {
            await _rig.Time.SkipAsync();
            Assert.IsType<EndpointAdmission.Busy>(await gaveUp);
        }

        held[0].Dispose();

        Assert.Single(_rig.Hold(One, 200));
    }

    [Fact]
    public async Task Those_who_wait_learn_at_once_that_the_endpoint_is_slow()
    {
        await _rig.ProveAsync(One);
        var held = _rig.Hang(One, 200);
        _rig.Time.Advance(EndpointGate.SlowFrom - EndpointGate.Patience / 2);
        var waiting = _rig.Gate.EnterAsync(One, true, default);
        Assert.False(waiting.IsCompleted);
        _rig.Time.Advance(EndpointGate.Patience / 2);
        _rig.Hold(Other, 1)[0].Dispose();

        Assert.IsType<EndpointAdmission.Busy>(await waiting);
        Assert.Equal(Bounds.Most, held);
    }
}
