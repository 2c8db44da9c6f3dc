using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Faults;

/// <summary>Calls for the backups of the subscriptions.</summary>
static class BackupOperations
{
    public static readonly IReadOnlyDictionary<string, StoreOperation> All = new Dictionary<string, StoreOperation>
    {
        ["back subscriptions up"] = new(
            async (it, token) =>
            {
                await it.Backup.RunAsync(token);
                return true;
            },
            async it =>
            {
                await UnsubscribeAsync(it);
                Assert.Equal(new RestoredSubscriptions(1, 0, 0), await it.Restore.RunAsync(Day, default));
            },
            SubscribeAsync),
        ["bring subscriptions back"] = new(
            async (it, token) => await it.Restore.RunAsync(Day, token) is not null,
            async it => Assert.Single(await it.Subscriptions.ListAsync(it.Tenant, default)),
            async it =>
            {
                await SubscribeAsync(it);
                await it.Backup.RunAsync(default);
                await UnsubscribeAsync(it);
            }),
        ["bring subscriptions back with their table"] = new(
            async (it, token) => await it.Restore.RunAsync(Day, token) is not null,
            async it =>
            {
                Assert.Single(await it.Subscriptions.ListAsync(it.Tenant, default));
                // That a subscription is not there is known again.
                Assert.True(await new RestoreMark(it.Tables, TimeProvider.System).ThrowIfSetAsync(default));
            },
            async it =>
            {
                await SubscribeAsync(it);
                await it.Backup.RunAsync(default);
                await it.Tables.DeleteTableAsync(SubscriptionStore.TableName);
            }),
    };

    static DateOnly Day => DateOnly.FromDateTime(Some.Time.UtcDateTime);

    // A backup has the subscriptions of all tenants.
    static async Task SubscribeAsync(StoreCase it)
    {
        await it.Client.EmptyAsync();
        await it.Client.Blobs(it.Tenant).CreateAsync();
        await it.SubscribeAsync();
    }

    static async Task UnsubscribeAsync(StoreCase it) => Assert.True(await it.Subscriptions.RemoveAsync(
        Assert.Single(await it.Subscriptions.ListAsync(it.Tenant, default)), default));
}
