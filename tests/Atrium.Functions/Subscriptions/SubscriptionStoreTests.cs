using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class SubscriptionStoreTests
{
    readonly SubscriptionStore _store = Some.Store(new FakeTables());

    [Fact]
    public async Task A_change_made_from_an_old_version_is_refused()
    {
        await _store.AddAsync(Some.Subscription(), default);
        var read = (await _store.FindAsync(Some.Tenant, Some.SubscriptionId, default))!;

        var changed = await _store.ReplaceAsync(read with { PausedAt = Some.Time }, default);

        Assert.Null(await _store.ReplaceAsync(read with { Url = "https://example.com/late" }, default));
        Assert.Equal(
            changed,
            await _store.FindAsync(Some.Tenant, Some.SubscriptionId, default) is { } now
            ? now with { Events = changed!.Events }
            : null);
        Assert.Equal(Some.Time, changed!.PausedAt);
    }

    [Fact]
    public async Task A_change_of_what_was_removed_is_refused()
    {
        await _store.AddAsync(Some.Subscription(), default);
        var read = (await _store.FindAsync(Some.Tenant, Some.SubscriptionId, default))!;
        await _store.RemoveAsync(Some.Tenant, Some.SubscriptionId, default);

        Assert.Null(await _store.ReplaceAsync(read with { PausedAt = Some.Time }, default));
    }
}
