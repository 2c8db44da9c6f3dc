using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using static Atrium.Functions.Tests.Deliveries.GateRig;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>How many calls each endpoint, each tenant and all of them get.</summary>
public sealed class EndpointGateTests
{
    readonly GateRig _rig = new();

    [Fact]
    public async Task A_proven_endpoint_takes_half_of_what_all_may_have()
    {
        await _rig.ProveAsync(One);
        Assert.Equal(56, _rig.Hold(One, 200).Count);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(20)]
    public async Task Proven_endpoints_together_leave_calls_to_one_that_has_none(int endpoints)
    {
        foreach (var number in Enumerable.Range(0, endpoints))
        {
            await _rig.ProveAsync(KeyOf($"t{number}", number));
        }

        await _rig.ProveAsync(Other);
        // In turns, as messages come.
        var held = Enumerable.Range(0, 60).SelectMany(_ => Enumerable.Range(0, endpoints))
            .Sum(number => _rig.Hold(KeyOf($"t{number}", number), 1).Count);

        Assert.InRange(held, Bounds.MostInAll / 2, Bounds.MostInAll);
        Assert.NotEmpty(_rig.Hold(Other, 1));
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
            _rig.Log.Lines);

        _rig.Time.Advance(TimeSpan.FromSeconds(59));
        Crowd();
        Assert.Single(_rig.Log.Lines);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        Crowd();
        Assert.Equal(2, _rig.Log.Lines.Count);

        void Crowd()
        {
            foreach (var number in Enumerable.Range(0, 50))
            {
                _rig.Hang(KeyOf("a", number), 200);
                _rig.Gate.Admit(KeyOf("a", number), mayComeAgain: true);
            }
        }
    }

    [Fact]
    public async Task A_tenant_that_has_all_calls_that_a_tenant_may_have_is_told_of()
    {
        foreach (var number in Enumerable.Range(0, 5))
        {
            await _rig.ProveAsync(KeyOf("a", number));
        }

        foreach (var number in Enumerable.Range(0, 5))
        {
            _rig.Hold(KeyOf("a", number), 200);
        }

        Assert.Equal(
            "Tenant a has all 96 calls that a tenant may have of an instance. What else is due for it is put back, "
            + "uncounted",
            Assert.Single(_rig.Log.Lines));
    }

    [Fact]
    public async Task All_calls_in_use_are_told_of_once_a_minute()
    {
        await _rig.FillAsync();
        _rig.Gate.Admit(KeyOf("t0", 0), mayComeAgain: true);
        _rig.Gate.Admit(KeyOf("t1", 1), mayComeAgain: true);

        Assert.Matches(
            "^Endpoints have [0-9]+ of the 112 calls that they may have of this instance, and leave too few to others "
            + "that could take more\\. What is due for those is put back, uncounted$",
            Assert.Single(_rig.Log.Lines));
    }

    [Fact]
    public async Task A_new_endpoint_is_asked_also_when_those_that_are_quick_have_all_calls()
    {
        await _rig.FillAsync();

        Assert.Equal(1, _rig.Hang(KeyOf("new", 100), 200));
        // All that are new then share as many as one may have.
        Assert.Equal(
            Bounds.MostUnprovenOfEndpoint - 1,
            Enumerable.Range(101, 50).Sum(number => _rig.Hang(KeyOf($"t{number}", number), 200)));
    }

    [Fact]
    public void All_slow_endpoints_at_their_bound_are_told_of_once_a_minute()
    {
        foreach (var number in Enumerable.Range(0, 500))
        {
            _rig.Hang(KeyOf($"t{number}", number), 200);
            _rig.Gate.Admit(KeyOf($"t{number}", number), mayComeAgain: true);
        }

        Assert.Equal(
            "Endpoints that are new, slow or dead have 64 of the 64 calls that they may have of this instance, and "
            + "leave too few to others of them. What else is due for them is put back, uncounted",
            Assert.Single(_rig.Log.Lines));
    }

    [Fact]
    public void A_new_endpoint_gets_a_few() => Assert.Equal(Bounds.MostUnprovenOfEndpoint, _rig.Hold(One, 200).Count);

    [Fact]
    public async Task Each_quick_answer_in_a_row_adds_one_and_a_slow_one_ends_that()
    {
        for (var quick = 1; quick <= 3; quick++)
        {
            await _rig.RequestAsync(One, Answered(500), TimeSpan.Zero);
            var held = _rig.Hold(One, 200);
            Assert.Equal(Bounds.MostUnprovenOfEndpoint + quick, held.Count);
            held.ForEach(slot => slot.Dispose());
        }

        await _rig.RequestAsync(One, Answered(200), EndpointGate.SlowFrom);
        Assert.Equal(Bounds.MostUnprovenOfEndpoint, _rig.Hold(One, 200).Count);
    }

    [Fact]
    public async Task Tenants_leave_calls_to_others()
    {
        foreach (var number in Enumerable.Range(0, 5))
        {
            await _rig.ProveAsync(KeyOf("a", number));
        }

        Assert.Equal(
            Bounds.MostOfTenant, Enumerable.Range(0, 5).Sum(number => _rig.Hold(KeyOf("a", number), 200).Count));
        Assert.NotEmpty(_rig.Hold(Other, 1));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    public void Endpoints_of_one_tenant_that_hang_leave_calls_to_other_tenants(int endpoints)
    {
        var held = Enumerable.Range(0, endpoints).Select(number => _rig.Hang(KeyOf("a", number), 200)).ToList();
        Assert.Equal(Bounds.MostUnprovenOfTenant, held.Sum());
        Assert.NotEmpty(_rig.Hold(Other, 1));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(500)]
    public void All_endpoints_that_hang_leave_half_of_the_calls(int tenants)
    {
        var held = Enumerable.Range(0, tenants).Select(number => _rig.Hang(KeyOf($"t{number}", number), 200)).ToList();
        Assert.Equal(Bounds.MostUnproven, held.Sum());
        // The more there are, the less each gets.
        Assert.Equal(held.OrderDescending(), held);
        Assert.InRange(held.Count(slots => slots > 0), 25, Bounds.MostUnproven);
    }

    [Fact]
    public async Task Endpoints_that_hang_leave_half_of_the_rest_to_one_that_is_proven()
    {
        await _rig.ProveAsync(Other);
        foreach (var number in Enumerable.Range(0, 100))
        {
            _rig.Hang(KeyOf($"t{number}", number), 200);
        }

        Assert.Equal((Bounds.MostInAll - Bounds.MostUnproven) / 2, _rig.Hold(Other, 200).Count);
    }

    [Fact]
    public async Task What_is_known_of_many_idle_endpoints_is_forgotten()
    {
        await _rig.MakeDownAsync(One);
        foreach (var number in Enumerable.Range(0, 10_001))
        {
            _rig.Hold(KeyOf("many", number), 1)[0].Dispose();
        }

        Assert.Equal(Bounds.MostUnprovenOfEndpoint, _rig.Hold(One, 200).Count);
    }
}
