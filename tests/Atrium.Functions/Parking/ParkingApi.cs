using Atrium.Functions.Http;
using Atrium.Functions.Parking;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Parking;

/// <summary>Pause and resume over services in memory, with one subscription.</summary>
sealed class ParkingApi
{
    readonly PauseSubscriptionFunction _pause;

    ParkingApi()
    {
        Store = new SubscriptionStore(Tables);
        _pause = new PauseSubscriptionFunction(new PauseSwitch(Store), Time);
    }

    public SteppedTime Time { get; } = new(Some.Time);

    public FakeTables Tables { get; } = new();

    public SubscriptionStore Store { get; }

    public static async Task<ParkingApi> StartAsync()
    {
        var api = new ParkingApi();
        await api.Store.AddAsync(Some.Subscription(), default);
        return api;
    }

    public async Task<Subscription> SubscriptionAsync() => (await Store.FindAsync(Some.Tenant, Some.SubscriptionId, default))!;

    /// <summary>The tag of what is there now.</summary>
    public async Task<string> TagAsync() => EntityTag.Of((await SubscriptionAsync()).Version);

    /// <summary>Changes the subscription as another admin would.</summary>
    public async Task ChangeAsync(Func<Subscription, Subscription> change) =>
        Assert.NotNull(await Store.ReplaceAsync(change(await SubscriptionAsync()), default));

    /// <summary>Has something happen when the next change has read and is about to write.</summary>
    public void BetweenReadAndWrite(Func<Task> happens) => Tables.Before = call =>
    {
        if (call != "update")
        {
            return Task.CompletedTask;
        }

        Tables.Before = _ => Task.CompletedTask;
        return happens();
    };

    public Task<HttpAnswer> PauseAsync(string? ifMatch, string tenant = Some.Tenant, string id = Some.SubscriptionId)
    {
        var request = HttpCall.Of("POST", $"/api/tenants/{tenant}/subscriptions/{id}/pause");
        request.Headers.IfMatch = ifMatch;
        return HttpCall.AnswerAsync(request, _pause.RunAsync(request, tenant, id, default));
    }
}
