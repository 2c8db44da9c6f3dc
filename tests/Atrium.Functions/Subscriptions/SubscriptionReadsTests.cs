using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class SubscriptionReadsTests
{
    readonly FakeTables _tables = new();
    readonly SubscriptionStore _store;
    readonly FreshSubscriptions _reads;

    public SubscriptionReadsTests()
    {
        _store = Some.Store(_tables);
        _reads = new FreshSubscriptions(_store);
    }

    [Fact]
    public async Task A_subscription_just_made_is_seen()
    {
        Assert.Empty(await ListAsync());
        await _store.AddAsync(Some.Subscription(), default);
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task Events_that_arrive_while_a_read_is_under_way_share_the_next()
    {
        await _store.AddAsync(Some.Subscription(), default);
        using var hold = new Hold(_tables, "query");
        var first = ListAsync();
        await hold.Reached;
        var others = Enumerable.Range(0, 50).Select(_ => ListAsync()).ToList();
        hold.Release();
        await Task.WhenAll([first, .. others]);
        Assert.Equal(2, _tables.Calls.Count(call => call == "query"));
    }

    [Fact]
    public async Task A_read_that_began_before_is_never_joined()
    {
        // What a query of Table Storage finds is fixed when it begins, whenever its answer arrives.
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _tables.Before = async call =>
        {
            if (call == "query" && began.TrySetResult())
            {
                await go.Task;
                throw Outages.NotFound("TableNotFound");
            }
        };
        var before = ListAsync();
        await began.Task.Soon();
        await _store.AddAsync(Some.Subscription(), default);
        var after = ListAsync();
        Assert.False(after.IsCompleted);
        go.SetResult();
        await Assert.ThrowsAsync<RequestFailedException>(() => before);
        Assert.Single(await after);
    }

    [Fact]
    public async Task Tenants_do_not_wait_for_one_another()
    {
        using var hold = new Hold(_tables, "query");
        var held = ListAsync();
        await hold.Reached;
        hold.LetPass();
        Assert.Empty(await _reads.ListAsync("other", default));
        Assert.False(held.IsCompleted);
        hold.Release();
        await held;
    }

    [Fact]
    public async Task A_read_that_fails_fails_those_who_share_it_and_nobody_after()
    {
        using var hold = new Hold(_tables, "query");
        var first = ListAsync();
        await hold.Reached;
        var second = ListAsync();
        _tables.Outage = Outages.Unavailable;
        hold.Release();
        await Assert.ThrowsAsync<RequestFailedException>(() => first);
        await Assert.ThrowsAsync<RequestFailedException>(() => second);
        _tables.Outage = null;
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_read_that_fails_does_not_fail_the_next()
    {
        var queries = 0;
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _tables.Before = async _ =>
        {
            if (Interlocked.Increment(ref queries) == 1)
            {
                began.SetResult();
                await go.Task;
                throw Outages.Unavailable();
            }
        };
        var first = ListAsync();
        await began.Task.Soon();
        var second = ListAsync();
        go.SetResult();
        await Assert.ThrowsAsync<RequestFailedException>(() => first);
        Assert.Empty(await second);
    }

    [Fact]
    public async Task One_who_gives_up_takes_nobody_along()
    {
        using var hold = new Hold(_tables, "query");
        using var gone = new CancellationTokenSource();
        var first = _reads.ListAsync(Some.Tenant, gone.Token);
        await hold.Reached;
        var second = ListAsync();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        hold.Release();
        Assert.Empty(await second);
    }

    Task<IReadOnlyList<Subscription>> ListAsync() => _reads.ListAsync(Some.Tenant, default);
}
