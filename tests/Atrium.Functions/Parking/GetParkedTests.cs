using System.Net;
using System.Text.Json;
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
        Assert.Equal(
            """{"count":0,"oldest":null,"discardedAt":null,"indexedAt":"2026-04-15T09:30:00+00:00"}""", answer.Text);
    }

    [Fact]
    public async Task The_subscriptions_own_are_counted_and_the_oldest_event_is_told()
    {
        _api.Park(
            ParkingApi.Waiting(0, Other), ParkingApi.Waiting(7), ParkingApi.Waiting(5), ParkingApi.Waiting(6),
            ParkingApi.Waiting(1, tenant: "globex"));
        var answer = await _api.GetParkedAsync();
        Assert.Equal((3, Some.Time.AddSeconds(5)), Told(answer.Json));
        Assert.Equal(_api.Time.GetUtcNow(), answer.Json.GetProperty("indexedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task It_is_said_when_what_is_parked_is_discarded()
    {
        var parkedAt = _api.Time.GetUtcNow();
        _api.Park(ParkingApi.Waiting(1));
        Assert.Equal(
            parkedAt.AddDays(90), (await _api.GetParkedAsync()).Json.GetProperty("discardedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task It_goes_by_what_was_parked_first_though_the_event_of_another_is_older()
    {
        var first = _api.Time.GetUtcNow();
        _api.Park(ParkingApi.Waiting(5));
        await _api.Rig.IndexAsync();
        _api.Time.Advance(TimeSpan.FromDays(30));
        // As of a dead letter that was replayed into the pause.
        _api.Park(ParkingApi.Waiting(1));

        Assert.Equal(
            first.AddDays(90), (await _api.GetParkedAsync()).Json.GetProperty("discardedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_count_asks_nothing_of_the_queue()
    {
        _api.Park(Enumerable.Range(0, 1234).Select(i => ParkingApi.Waiting(i)));
        await _api.Rig.IndexAsync();
        var calls = _api.Parked.Calls.Count;
        await _api.Rig.IndexAsync();
        var indexing = _api.Parked.Calls.Count - calls;
        Assert.Equal((1234, Some.Time), Told((await _api.GetParkedAsync()).Json));
        Assert.Equal(2 * indexing, _api.Parked.Calls.Count - calls);
    }

    [Theory]
    [InlineData("globex", Some.SubscriptionId)]
    [InlineData(Some.Tenant, Other)]
    [InlineData("a b", "x")]
    public async Task Another_tenants_subscription_is_not_found(string tenant, string id) =>
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetParkedAsync(tenant, id)).Status);

    static (int, DateTimeOffset) Told(JsonElement json) =>
        (json.GetProperty("count").GetInt32(), json.GetProperty("oldest").GetDateTimeOffset());
}
