using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Messaging;

public sealed class LifetimeTests
{
    [Fact]
    public void A_fresh_event_has_fourteen_days() =>
        Assert.Equal(TimeSpan.FromDays(14), Lifetime.LeftOf(Some.Time, Some.Time));

    [Fact]
    public void A_copy_gets_what_is_left() =>
        Assert.Equal(TimeSpan.FromDays(3), Lifetime.LeftOf(Some.Time, Some.Time.AddDays(11)));

    [Theory]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(400)]
    public void What_is_overdue_expires_in_a_second_and_so_visibly(int days) =>
        Assert.Equal(TimeSpan.FromSeconds(1), Lifetime.LeftOf(Some.Time, Some.Time.AddDays(days)));
}
