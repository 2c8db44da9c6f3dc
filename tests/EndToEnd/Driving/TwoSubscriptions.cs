using Atrium.Functions.Contract;
using Atrium.Functions.Subscriptions;
using Azure.Data.Tables;

namespace Atrium.EndToEnd;

/// <summary>
/// Two subscriptions of the tenant <c>default</c> whose ids are known before there is an app: what is theirs can lie on
/// the queues when it starts.
/// </summary>
internal static class TwoSubscriptions
{
    public const string First = "sub_00000000000000000001";
    public const string Second = "sub_00000000000000000002";

    /// <summary>Adds both, as the app would.</summary>
    public static async Task AddAsync(RunningApp app, Receiver receiver, string events = EventSelection.All)
    {
        var tables = new TableServiceClient(app.Tables);
        var store = new SubscriptionStore(tables, new RestoreMark(tables, TimeProvider.System));
        // The app answers before its tables are made.
        await Eventually.TrueAsync(async () =>
            await tables.QueryAsync(table => table.Name == SubscriptionStore.TableName).AnyAsync());
        foreach (var id in new[] { First, Second })
        {
            var subscription = new Subscription
            {
                Tenant = "default",
                Id = id,
                Url = receiver.Url.AbsoluteUri,
                Events = [events],
                CreatedAt = TimeProvider.System.GetUtcNow(),
            };
            Assert.NotNull(await store.AddAsync(subscription, [], default));
        }
    }
}
