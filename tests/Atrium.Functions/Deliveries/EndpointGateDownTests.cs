using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Tests.Fakes;
using static Atrium.Functions.Tests.Deliveries.GateRig;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>When an endpoint is down, and what comes of it.</summary>
public sealed class EndpointGateDownTests
{
    readonly GateRig _rig = new();

    [Fact]
    public async Task An_endpoint_is_down_when_all_requests_of_half_a_minute_failed_in_the_same_way()
    {
        await _rig.RequestAsync(One, Failed(ErrorClass.Timeout), TimeSpan.FromSeconds(15));
        _rig.Hang(One, 200);
        Assert.IsType<EndpointAdmission.Busy>(_rig.Gate.Ask(One, mayComeAgain: true));

        _rig.Time.Advance(TimeSpan.FromSeconds(15));
        await _rig.FailAsync(One, Failed(ErrorClass.Timeout));

        var down = Assert.IsType<EndpointAdmission.Down>(_rig.Gate.Ask(One, mayComeAgain: true));
        Assert.Equal((2, ErrorClass.Timeout, _rig.Time.GetUtcNow()), (down.Requests, down.Last.Error, down.LastAt));
        _rig.Time.Advance(Bounds.EvidenceWindow + TimeSpan.FromSeconds(1));
        _rig.Hang(One, 200);
        Assert.IsType<EndpointAdmission.Busy>(_rig.Gate.Ask(One, mayComeAgain: true));

        // One more that fails as those before did is enough.
        await _rig.FailAsync(One, Failed(ErrorClass.Timeout));
        Assert.Equal(
            3, Assert.IsType<EndpointAdmission.Down>(_rig.Gate.Ask(One, mayComeAgain: true)).Requests);
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
        await _rig.RequestAsync(One, Of(first), TimeSpan.FromSeconds(3));
        await _rig.RequestAsync(One, Of(then), TimeSpan.FromSeconds(3));
        await _rig.RequestAsync(One, Of(then), TimeSpan.FromSeconds(3));
        _rig.Hang(One, 200);

        Assert.Equal(isDown, _rig.Gate.Ask(One, mayComeAgain: true) is EndpointAdmission.Down);
        // What was otherwise has become old, and the same goes on.
        _rig.Time.Advance(TimeSpan.FromSeconds(28));
        await _rig.FailAsync(One, Of(then));
        await _rig.FailAsync(One, Of(then));
        Assert.IsType<EndpointAdmission.Down>(_rig.Gate.Ask(One, mayComeAgain: true));
    }

    [Fact]
    public async Task Requests_go_on_while_it_is_down_two_at_a_time()
    {
        await _rig.MakeDownAsync(One);
        Assert.Equal(CallsInUse.MostWhenDown, _rig.Hang(One, 200));
    }

    [Fact]
    public async Task Evidence_is_kept_no_longer_when_the_clock_is_set_back()
    {
        await _rig.MakeDownAsync(One);
        _rig.Time.Set(TimeSpan.FromMinutes(-10));
        _rig.Time.Advance(Bounds.EvidenceWindow + TimeSpan.FromSeconds(1));
        _rig.Hang(One, 200);

        Assert.IsType<EndpointAdmission.Busy>(_rig.Gate.Ask(One, mayComeAgain: true));
    }

    [Fact]
    public async Task The_first_success_opens_it_at_once()
    {
        await _rig.MakeDownAsync(One);
        var probes = _rig.Hold(One, 200);
        Assert.IsType<EndpointAdmission.Down>(_rig.Gate.Ask(One, mayComeAgain: true));
        await probes[0].SendAsync(() => Task.FromResult(Answered(200)));
        probes[0].Dispose();

        Assert.Equal(Bounds.MostUnprovenOfEndpoint, _rig.Hold(One, 200).Count);
        Assert.Collection(
            _rig.Log.Lines,
            line => Assert.Equal(
                "The endpoint of subscription sub_1 of tenant a is down: the last 2 requests all failed (no answer "
                + "timeout). What is due for it counts as failed, without a request, while it has no slot to give",
                line),
            line => Assert.Equal("The endpoint of subscription sub_1 of tenant a works again", line));
    }

    [Fact]
    public async Task It_is_told_once_and_not_for_each_attempt()
    {
        await _rig.MakeDownAsync(One);
        _rig.Hang(One, 200);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            Assert.IsType<EndpointAdmission.Down>(_rig.Gate.Ask(One, mayComeAgain: true));
        }

        Assert.Single(_rig.Log.Lines);
    }

    [Fact]
    public async Task A_fault_of_our_own_says_nothing_of_the_endpoint()
    {
        await _rig.MakeDownAsync(One);
        using (var slot = _rig.Hold(One, 1)[0])
        {
            await Assert.ThrowsAsync<InvalidOperationException>(
                () => slot.SendAsync(() => throw new InvalidOperationException()));
        }

        _rig.Hang(One, 200);
        Assert.IsType<EndpointAdmission.Down>(_rig.Gate.Ask(One, mayComeAgain: true));
    }

    static Exchange Of(string what) => what switch
    {
        "timeout" => Failed(ErrorClass.Timeout),
        "reset" => Failed(ErrorClass.Reset),
        _ => Answered(int.Parse(what, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
