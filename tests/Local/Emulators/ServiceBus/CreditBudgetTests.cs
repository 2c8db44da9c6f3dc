using Atrium.Local.Emulators.ServiceBus;
using CsCheck;

namespace Atrium.Local.Emulators.Tests.ServiceBus;

public sealed class CreditBudgetTests
{
    const int PerSecond = 10;

    static readonly BrokerTime Start = new(new DateTime(2026, 4, 15, 9, 30, 0, DateTimeKind.Utc).Ticks);

    [Fact]
    public void It_is_spent_until_the_next_second_begins()
    {
        var budget = new CreditBudget(PerSecond);
        Assert.False(budget.IsSpent(Start));
        budget.Spend(PerSecond);

        Assert.True(budget.IsSpent(Start + TimeSpan.FromMilliseconds(999)));
        Assert.Equal(Start + TimeSpan.FromSeconds(1), budget.NextRefill);
        Assert.False(budget.IsSpent(Start + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void What_was_spent_beyond_it_is_missing_later_and_what_was_left_is_not_kept()
    {
        var budget = new CreditBudget(PerSecond);
        Assert.False(budget.IsSpent(Start));
        budget.Spend(3 * PerSecond);

        Assert.True(budget.IsSpent(Start + TimeSpan.FromSeconds(2)));
        Assert.False(budget.IsSpent(Start + TimeSpan.FromSeconds(3)));
        Assert.False(budget.IsSpent(Start + TimeSpan.FromSeconds(100)));
        budget.Spend(PerSecond);
        Assert.True(budget.IsSpent(Start + TimeSpan.FromSeconds(100)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2026)]
    [InlineData(2042)]
    [InlineData(9999)]
    public void Without_a_limit_it_is_never_spent_whatever_the_year(int year) => Assert.False(
        new CreditBudget(LoadLimits.None.CreditsPerSecond).IsSpent(
            new(new DateTime(year, 1, 1, 0, 0, 1, DateTimeKind.Utc).Ticks)));

    [Fact]
    public void No_more_is_spent_than_the_seconds_give_and_the_last_operation_goes_beyond() =>
        Gen.Select(Gen.Int[0, 3000], Gen.Int[1, 30]).Array[1, 100].Sample(operations =>
        {
            var budget = new CreditBudget(PerSecond);
            var (now, spent, most) = (Start, 0L, 0);
            foreach (var (milliseconds, cost) in operations)
            {
                now += TimeSpan.FromMilliseconds(milliseconds);
                if (!budget.IsSpent(now))
                {
                    budget.Spend(cost);
                    spent += cost;
                    most = Math.Max(most, cost);
                }
            }

            var seconds = (now - Start).Ticks / TimeSpan.TicksPerSecond + 1;
            Assert.True(spent < seconds * PerSecond + most, $"{spent} in {seconds} s");
        });
}
