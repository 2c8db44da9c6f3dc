using System.Net;
using System.Text.Json;
using Atrium.Functions.Parking;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Parking;

public sealed class GetParkedTests : IAsyncLifetime
{
    const string Other = "sub_ffffffffffffffffffff";

    ParkingApi _api = null!;

    public async Task InitializeAsync() => _api = await ParkingApi.StartAsync();

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Nothing_parked_is_none()
    {
        var answer = await _api.GetParkedAsync();
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""{"count":0,"oldest":null,"complete":true}""", answer.Text);
    }

    [Fact]
    public async Task The_subscriptions_own_are_counted_and_the_oldest_event_is_told()
    {
        _api.Park(
            ParkingApi.Waiting(0, Other), ParkingApi.Waiting(7), ParkingApi.Waiting(5), ParkingApi.Waiting(6),
            ParkingApi.Waiting(1, tenant: "globex"));
        var answer = await _api.GetParkedAsync();
        Assert.Equal((3, Some.Time.AddSeconds(5), true), Told(answer.Json));
    }

    [Fact]
    public async Task Looking_locks_nothing()
    {
        _api.Park(ParkingApi.Waiting(1));
        await _api.GetParkedAsync();
        Assert.Equal(1, Assert.Single(_api.Parked.Take(10)).DeliveryCount);
    }

    [Fact]
    public async Task A_queue_too_long_to_look_through_is_told_as_such()
    {
        _api.Park(Enumerable.Range(0, ParkedMessages.MostLookedAt + 1).Select(i => ParkingApi.Waiting(i)));
        Assert.Equal((ParkedMessages.MostLookedAt, Some.Time, false), Told((await _api.GetParkedAsync()).Json));
    }

    [Theory]
    [InlineData("globex", Some.SubscriptionId)]
    [InlineData(Some.Tenant, Other)]
    [InlineData("a b", "x")]
    public async Task Another_tenants_subscription_is_not_found(string tenant, string id) =>
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetParkedAsync(tenant, id)).Status);

    static (int, DateTimeOffset, bool) Told(JsonElement json) =>
        (json.GetProperty("count").GetInt32(), json.GetProperty("oldest")
            .GetDateTimeOffset(), json.GetProperty("complete").GetBoolean());
}
