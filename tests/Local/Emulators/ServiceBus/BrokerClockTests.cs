using Atrium.Local.Emulators.ServiceBus;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Local.Emulators.Tests.ServiceBus;

public class BrokerClockTests
{
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 4, 15, 9, 30, 0, TimeSpan.Zero));

    [Fact]
    public void At_speed_one_both_clocks_are_the_same()
    {
        var clock = new BrokerClock(_time, 1, null);
        _time.Advance(TimeSpan.FromHours(7));

        Assert.Equal(_time.GetUtcNow().UtcDateTime.Ticks, clock.Now().Broker.Ticks);
        Assert.Equal(_time.GetUtcNow().UtcDateTime, clock.Now().Wall);
    }

    [Fact]
    public void Sixty_times_as_fast_a_lock_of_a_minute_lasts_a_second()
    {
        var clock = new BrokerClock(_time, 60, null);
        _time.Advance(TimeSpan.FromSeconds(10));
        var now = clock.Now();
        var end = now.Broker + TimeSpan.FromMinutes(1);

        Assert.Equal(TimeSpan.FromSeconds(1), clock.RealWait(end, now));
        Assert.Equal(now.Wall + TimeSpan.FromSeconds(1), clock.ToWall(end, now));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(end, clock.Now().Broker);
    }

    [Fact]
    public void What_a_client_wants_in_a_minute_comes_in_a_second_sixty_times_as_fast()
    {
        var clock = new BrokerClock(_time, 60, null);
        _time.Advance(TimeSpan.FromSeconds(10));
        var now = clock.Now();

        Assert.Equal(
            TimeSpan.FromSeconds(1),
            clock.RealWait(BrokerClock.ToBroker(now.Wall + TimeSpan.FromMinutes(1), now), now));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public void A_restart_goes_on_where_the_clock_was_and_time_has_passed_meanwhile(double nextSpeed)
    {
        var before = new BrokerClock(_time, 60, null);
        _time.Advance(TimeSpan.FromMinutes(1));
        var anchor = before.Anchor;
        _time.Advance(TimeSpan.FromSeconds(1));

        var after = new BrokerClock(_time, nextSpeed, anchor);

        Assert.Equal(anchor.Moment.Broker + TimeSpan.FromMinutes(1), after.Now().Broker);
    }

    [Fact]
    public void A_real_clock_that_is_set_back_takes_no_time_away_and_stops_nothing()
    {
        var clock = new BrokerClock(_time, 60, null);
        _time.Advance(TimeSpan.FromMinutes(1));
        var before = clock.Now();
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromHours(2));

        Assert.Equal(before.Broker, clock.Now().Broker);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(before.Broker + TimeSpan.FromMinutes(1), clock.Now().Broker);
    }

    [Fact]
    public void It_stands_still_while_the_real_clock_is_behind()
    {
        var anchor = new ClockAnchor(
            new Moment(new BrokerTime(_time.GetUtcNow().AddHours(1).Ticks), _time.GetUtcNow().AddHours(1).UtcDateTime),
            1);
        var clock = new BrokerClock(_time, 1, anchor);

        Assert.Equal(anchor.Moment.Broker, clock.Now().Broker);
    }

    [Fact]
    public void What_is_never_stays_never()
    {
        Assert.Equal(BrokerTime.Never, BrokerTime.Never + TimeSpan.FromDays(1));
        Assert.Equal(BrokerTime.Never, new BrokerTime(1) + TimeSpan.MaxValue);
        Assert.Equal(
            DateTime.MaxValue,
            new BrokerClock(_time, 0.5, null).ToWall(BrokerTime.Never, new BrokerClock(_time, 0.5, null).Now()));
    }
}
