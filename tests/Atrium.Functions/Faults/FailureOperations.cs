using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Faults;

/// <summary>Calls by which a tenant is told that a subscription fails, and that it works again.</summary>
static class FailureOperations
{
    static readonly Failing Failing = new(Some.Time, $"{Some.DeliveryId}:{Some.Delivery().Run}");

    public static readonly IReadOnlyDictionary<string, StoreOperation> All = new Dictionary<string, StoreOperation>
    {
        ["tell that a subscription fails"] = new(
            async (it, token) =>
            {
                await it.Failures.FailedForGoodAsync(
                    Some.Delivery() with { Tenant = it.Tenant }, "All attempts failed.", token);
                return it.Notices == 1;
            },
            async it => Assert.Equal((Failing, 1), ((await FindAsync(it)).Failing, it.Notices)),
            SubscribeAsync),
        ["tell that a subscription works again"] = new(
            async (it, token) =>
            {
                await it.Failures.SucceededAsync(
                    Some.Delivery() with { Tenant = it.Tenant }, Failing.Since, token);
                return (await it.Subscriptions.FindAsync(it.Tenant, Some.SubscriptionId, token))!.Failing is null;
            },
            async it => Assert.Equal((null, 1), ((await FindAsync(it)).Failing, it.Notices)),
            async it =>
            {
                await SubscribeAsync(it);
                Assert.NotNull(await it.Subscriptions.ReplaceAsync(
                    (await FindAsync(it)) with { Failing = Failing }, default));
            }),
    };

    static async Task<Subscription> FindAsync(StoreCase it) =>
        (await it.Subscriptions.FindAsync(it.Tenant, Some.SubscriptionId, default))!;

    static async Task SubscribeAsync(StoreCase it)
    {
        await it.SubscribeAsync();
        var notices = Some.Subscription(SubscriptionId.Notices) with { Tenant = it.Tenant };
        Assert.NotNull(await it.Subscriptions.AddAsync(notices, [], default));
    }
}
