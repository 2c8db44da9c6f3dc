using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.TestWebhooks;

namespace Atrium.Functions.Tests.TestWebhooks;

public sealed class TestGateTests
{
    readonly SteppedTime _time = new(Some.Time);

    [Fact]
    public void Sixteen_tests_at_once_of_all_tenants_and_a_place_that_is_left_is_free_again()
    {
        var gate = new TestGate(_time);
        for (var number = 0; number < TestGate.MaxAtOnce; number++)
        {
            Assert.Null(gate.Enter($"tenant-{number}"));
        }

        Assert.InRange(gate.Enter("another")!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        gate.Leave("tenant-0");
        Assert.Null(gate.Enter("another"));
    }

    [Fact]
    public void A_tenant_whose_tests_hang_leaves_places_to_others()
    {
        var gate = new TestGate(_time);
        for (var number = 0; number < TestGate.MaxAtOncePerTenant; number++)
        {
            Assert.Null(gate.Enter("hanging"));
        }

        Assert.NotNull(gate.Enter("hanging"));
        Assert.Null(gate.Enter("another"));
        // They count for as long as they are under way, however long ago they began.
        _time.Advance(10 * TestGate.Window);
        Assert.NotNull(gate.Enter("hanging"));
        gate.Leave("hanging");
        Assert.Null(gate.Enter("hanging"));
        Assert.NotNull(gate.Enter("hanging"));
    }

    [Fact]
    public void What_was_refused_does_not_count()
    {
        var gate = new TestGate(_time);
        for (var number = 0; number < TestGate.MaxPerWindow; number++)
        {
            Assert.Null(gate.Enter("acme"));
            gate.Leave("acme");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        // The first of the twenty leaves the window after its minute, and one place with it.
        Assert.Equal(TestGate.Window - TimeSpan.FromSeconds(TestGate.MaxPerWindow), gate.Enter("acme"));
        _time.Advance(TestGate.Window - TimeSpan.FromSeconds(TestGate.MaxPerWindow));
        Assert.Null(gate.Enter("acme"));
        Assert.Equal(TimeSpan.FromSeconds(1), gate.Enter("acme"));
    }

    [Fact]
    public void A_minute_is_a_minute_though_the_time_of_day_is_set_meanwhile()
    {
        var gate = new TestGate(_time);
        for (var number = 0; number < TestGate.MaxPerWindow; number++)
        {
            Assert.Null(gate.Enter("acme"));
            gate.Leave("acme");
        }

        _time.Set(TimeSpan.FromDays(1));
        Assert.Equal(TestGate.Window, gate.Enter("acme"));
        _time.Set(TimeSpan.FromDays(-2));
        Assert.Equal(TestGate.Window, gate.Enter("acme"));
        _time.Advance(TestGate.Window);
        Assert.Null(gate.Enter("acme"));
    }
}
