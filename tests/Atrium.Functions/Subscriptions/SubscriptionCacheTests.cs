using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class SubscriptionCacheTests : IDisposable
{
    readonly FakeTables _tables = new();
    readonly SteppedTime _time = new(Some.Time);
    readonly RestoreMark _mark;
    readonly SubscriptionStore _store;
    readonly SubscriptionCache _cache;

    public SubscriptionCacheTests()
    {
        _mark = new RestoreMark(_tables, _time);
        _store = new SubscriptionStore(_tables, _mark);
        _cache = new SubscriptionCache(_store, Some.Metrics(), _time);
    }

    int Reads => _tables.Calls.Count(call => call == "get");

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task A_burst_of_deliveries_costs_one_read()
    {
        await _store.AddAsync(Some.Subscription(), default);
        using var hold = new Hold(_tables, "get");
        var first = FindAsync();
        await hold.Reached;
        var others = Enumerable.Range(0, 100).Select(_ => FindAsync()).ToList();
        hold.Release();
        Assert.All(await Task.WhenAll([first, .. others]), Assert.NotNull);
        Assert.Equal(1, Reads);
    }

    [Fact]
    public async Task What_was_read_is_kept_for_five_seconds()
    {
        await _store.AddAsync(Some.Subscription(), default);
        await FindAsync();
        _time.Advance(TimeSpan.FromSeconds(4.9));
        await FindAsync();
        Assert.Equal(1, Reads);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await FindAsync();
        Assert.Equal(2, Reads);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_keeps_nothing_longer()
    {
        await _store.AddAsync(Some.Subscription(), default);
        await FindAsync();
        _time.Set(TimeSpan.FromMinutes(-10));
        _time.Advance(TimeSpan.FromSeconds(5.1));
        await FindAsync();
        Assert.Equal(2, Reads);
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        await _store.AddAsync(Some.Subscription(), default);
        _tables.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<RequestFailedException>(FindAsync);
        _tables.Outage = null;
        Assert.NotNull(await FindAsync());
    }

    [Fact]
    public async Task Subscriptions_are_kept_apart_by_tenant_and_id()
    {
        await _store.AddAsync(Some.Subscription(), default);
        await _mark.ThrowIfSetAsync(default);
        _tables.Calls.Clear();
        Assert.NotNull(await FindAsync());
        Assert.Null(await _cache.FindAsync("other", Some.SubscriptionId, default));
        Assert.Null(await _cache.FindAsync(Some.Tenant, "sub_other", default));
        Assert.Equal(3, Reads);
    }

    [Fact]
    public async Task One_who_gives_up_takes_nobody_along()
    {
        await _store.AddAsync(Some.Subscription(), default);
        using var hold = new Hold(_tables, "get");
        using var gone = new CancellationTokenSource();
        var first = _cache.FindAsync(Some.Tenant, Some.SubscriptionId, gone.Token);
        await hold.Reached;
        var second = FindAsync();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        hold.Release();
        Assert.NotNull(await second);
    }

    Task<Subscription?> FindAsync() => _cache.FindAsync(Some.Tenant, Some.SubscriptionId, default);
}
