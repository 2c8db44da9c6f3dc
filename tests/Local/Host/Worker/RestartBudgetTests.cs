using Atrium.Local.Host.Worker;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Local.Host.Tests.Worker;

public sealed class RestartBudgetTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public void So_many_restarts_lie_within_half_an_hour()
    {
        var budget = new RestartBudget(2, _time);
        Assert.True(budget.TrySpend());
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.True(budget.TrySpend());
        Assert.False(budget.TrySpend());

        // The first is half an hour old.
        _time.Advance(TimeSpan.FromMinutes(20) - TimeSpan.FromTicks(1));
        Assert.False(budget.TrySpend());
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(budget.TrySpend());
        Assert.False(budget.TrySpend());
    }

    [Fact]
    public void A_budget_of_none_restarts_nothing() => Assert.False(new RestartBudget(0, _time).TrySpend());
}
