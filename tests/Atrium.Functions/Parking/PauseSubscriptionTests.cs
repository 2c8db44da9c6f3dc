using System.Net;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Parking;

public sealed class PauseSubscriptionTests : IAsyncLifetime
{
    ParkingApi _api = null!;

    public async Task InitializeAsync() => _api = await ParkingApi.StartAsync();

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Pausing_answers_with_the_paused_subscription_and_its_new_tag()
    {
        var before = await _api.TagAsync();
        var answer = await _api.PauseAsync(before);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(Some.Time, answer.Json.GetProperty("pausedAt").GetDateTimeOffset());
        Assert.NotEqual(before, answer.ETag);
        Assert.Equal(await _api.TagAsync(), answer.ETag);
        Assert.Equal(Some.Time, (await _api.SubscriptionAsync()).PausedAt);
    }

    [Fact]
    public async Task Nothing_else_of_the_subscription_changes()
    {
        var before = await _api.SubscriptionAsync();
        await _api.PauseAsync("*");
        var after = await _api.SubscriptionAsync();
        Assert.Equal(before with { PausedAt = Some.Time, Version = after.Version, Events = after.Events }, after);
        Assert.Equal(before.Events, after.Events);
    }

    [Fact]
    public async Task Pausing_what_is_paused_changes_nothing()
    {
        var first = await _api.PauseAsync(await _api.TagAsync());
        _api.Time.Advance(TimeSpan.FromHours(1));
        var second = await _api.PauseAsync(first.ETag);
        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.Equal((first.ETag, first.Text), (second.ETag, second.Text));
    }

    [Fact]
    public async Task A_pause_repeated_because_its_answer_was_lost_succeeds()
    {
        var tag = await _api.TagAsync();
        await _api.PauseAsync(tag);
        Assert.Equal(HttpStatusCode.OK, (await _api.PauseAsync(tag)).Status);
    }

    [Fact]
    public async Task A_pause_made_from_an_old_version_is_refused()
    {
        var old = await _api.TagAsync();
        await _api.ChangeAsync(subscription => subscription with { Url = "https://example.com/other" });
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _api.PauseAsync(old)).Status);
        Assert.Null((await _api.SubscriptionAsync()).PausedAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_names_no_version_is_refused(bool paused)
    {
        if (paused)
        {
            await _api.PauseAsync("*");
        }

        var answer = await _api.PauseAsync(null);
        Assert.Equal((HttpStatusCode)428, answer.Status);
        Assert.Equal("application/problem+json", answer.ContentType);
    }

    [Fact]
    public async Task A_change_that_comes_between_reading_and_writing_is_not_overwritten()
    {
        var tag = await _api.TagAsync();
        _api.BetweenReadAndWrite(
            () => _api.ChangeAsync(subscription => subscription with { Url = "https://example.com/other" }));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _api.PauseAsync(tag)).Status);
        Assert.Null((await _api.SubscriptionAsync()).PausedAt);
    }

    [Fact]
    public async Task With_a_star_it_is_paused_whatever_comes_between_and_nothing_is_overwritten()
    {
        _api.BetweenReadAndWrite(
            () => _api.ChangeAsync(subscription => subscription with { Url = "https://example.com/other" }));
        Assert.Equal(HttpStatusCode.OK, (await _api.PauseAsync("*")).Status);
        var after = await _api.SubscriptionAsync();
        Assert.Equal(("https://example.com/other", Some.Time), (after.Url, after.PausedAt));
    }

    [Fact]
    public async Task A_subscription_deleted_between_reading_and_writing_is_not_found()
    {
        _api.BetweenReadAndWrite(() => _api.Store.RemoveAsync(Some.Tenant, Some.SubscriptionId, default));
        Assert.Equal(HttpStatusCode.NotFound, (await _api.PauseAsync("*")).Status);
    }

    [Theory]
    [InlineData("globex", Some.SubscriptionId)]
    [InlineData(Some.Tenant, "sub_ffffffffffffffffffff")]
    [InlineData(Some.Tenant, "x")]
    [InlineData("a b", Some.SubscriptionId)]
    public async Task Another_tenants_subscription_is_not_found(string tenant, string id)
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _api.PauseAsync("*", tenant, id)).Status);
        Assert.Null((await _api.SubscriptionAsync()).PausedAt);
    }
}
