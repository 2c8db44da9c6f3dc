using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>Puts subscriptions into the store, and takes them out, past the rules of the admin API.</summary>
static class Storing
{
    public static async Task AddAsync(
        this SubscriptionStore store, Subscription subscription, CancellationToken cancellationToken)
    {
        // The first time, it may only make the table.
        if (await store.AddAsync(subscription, [], cancellationToken) is null)
        {
            Assert.NotNull(await store.AddAsync(subscription, [], cancellationToken));
        }
    }

    public static async Task RemoveAsync(
        this SubscriptionStore store, string tenant, string id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(tenant, id, cancellationToken) is { } subscription)
        {
            Assert.True(await store.RemoveAsync(subscription, cancellationToken));
        }
    }
}
