using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>What was parked comes back as the attempt that it was.</summary>
public sealed class ReturnedDeliveryTests
{
    static readonly DeliveryMessage Parked = Some.Delivery() with { Run = 2, Attempt = 7, PutBack = 3 };

    [Fact]
    public void It_is_the_same_attempt_due_now_with_a_whole_life_before_it()
    {
        var now = Some.Time.AddDays(14);
        var returned = Parked.Resumed(now, now);
        Assert.Equal(Parked with { PutBack = 4, DueAt = now, LivesFrom = now }, returned);
        Assert.Equal(Lifetime.Whole, DeliveryMessageWriter.Write(returned, now).TimeToLive);
    }

    [Fact]
    public void Its_attempts_go_with_those_of_today_when_its_run_began_longer_ago_than_a_message_lives()
    {
        var now = Some.Time.AddDays(14).AddTicks(1);
        Assert.Equal(now, Parked.Resumed(now, now).RunStartedAt);
    }

    [Fact]
    public void One_that_is_sent_twice_is_of_one_run_however_much_later()
    {
        var asked = Some.Time.AddDays(20);
        Assert.Equal(
            Parked.Resumed(asked, asked).RunStartedAt, Parked.Resumed(asked, asked.AddHours(5)).RunStartedAt);
    }
}
