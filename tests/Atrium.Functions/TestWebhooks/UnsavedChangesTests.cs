using System.Net;
using Atrium.Functions.Secrets;
using Atrium.Functions.Signing;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.TestWebhooks;

public sealed class UnsavedChangesTests : IAsyncLifetime
{
    const string Event = "visitor.checked_in";

    TestApi _api = null!;

    public async Task InitializeAsync()
    {
        _api = await TestApi.StartAsync();
        await _api.SubscribeAsync(
            Some.Secret, headers: new() { ["X-Api-Key"] = "st0red-k3y", ["X-Site"] = "st0red-s1te" });
    }

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Another_url_is_tested_with_the_stored_secret()
    {
        var answer = await _api.TestStoredAsync(
            new { @event = Event, url = _api.Receiver.Url.Replace("/hook", "/other", StringComparison.Ordinal) });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.EndsWith(
            "/other", answer.Json.GetProperty("request").GetProperty("url").GetString(), StringComparison.Ordinal);
        var request = Assert.Single(_api.Receiver.Requests);
        Assert.Equal(SignatureCheck.Valid, StandardWebhooks.Verify(
            request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"],
            request.Body, [Some.Secret], _api.Time.GetUtcNow()));
        Assert.Equal("st0red-k3y", request.Headers["X-Api-Key"]);
    }

    [Fact]
    public async Task The_headers_of_a_test_are_all_there_are_and_null_stands_for_the_stored_value()
    {
        var answer = await _api.TestStoredAsync(new
        {
            @event = Event,
            headers = new Dictionary<string, string?> { ["x-api-key"] = null, ["X-New"] = "n3w-v4lue" },
        });

        var request = Assert.Single(_api.Receiver.Requests);
        Assert.Equal(
            ("st0red-k3y", "n3w-v4lue"), (request.Headers["x-api-key"], request.Headers["X-New"]));
        Assert.DoesNotContain("X-Site", request.Headers.Keys);
        Assert.All(["st0red-k3y", "n3w-v4lue"], value =>
        {
            Assert.DoesNotContain(value, answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(_api.Log, line => line.Contains(value, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Nothing_of_a_test_is_saved()
    {
        var before = await _api.Store.FindAsync(Some.Tenant, Some.SubscriptionId, default);

        await _api.TestStoredAsync(
            new { @event = Event, url = _api.Receiver.Url, headers = new { X_New = "n3w-v4lue" } });

        Assert.Equal(
            before!.Version, (await _api.Store.FindAsync(Some.Tenant, Some.SubscriptionId, default))!.Version);
    }

    [Fact]
    public async Task A_stored_value_goes_to_no_other_host_than_it_was_given_for()
    {
        const string Elsewhere = "https://example.org/hook";

        Assert.Equal(["/headers"], (await _api.TestStoredAsync(new { @event = Event, url = Elsewhere })).Pointers);
        Assert.Equal(
            ["/headers/x-api-key"],
            (await _api.TestStoredAsync(new
            {
                @event = Event,
                url = Elsewhere,
                headers = new Dictionary<string, string?> { ["x-api-key"] = null, ["X-Site"] = "new" },
            })).Pointers);
    }

    [Fact]
    public async Task To_another_host_go_the_values_that_are_given_for_it()
    {
        await using var other = await Receiver.StartAsync();

        var answer = await _api.TestStoredAsync(
            new { @event = Event, url = other.Url, headers = new Dictionary<string, string> { ["X-Site"] = "new" } });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("new", Assert.Single(other.Requests).Headers["X-Site"]);
        Assert.Empty(_api.Receiver.Requests);
    }

    [Fact]
    public async Task What_is_wrong_with_a_change_is_named_and_nothing_is_sent()
    {
        Assert.Equal(
            ["/url", "/event"], (await _api.TestStoredAsync(new { url = "http://10.0.0.1/", @event = "x" })).Pointers);
        Assert.Equal(["/headers/Host"], await PointersAsync("Host", "x"));
        Assert.Equal(["/headers/X-Unknown"], await PointersAsync("X-Unknown", null));
        Assert.Empty(_api.Receiver.Requests);

        async Task<IEnumerable<string>> PointersAsync(string name, string? value) =>
            (await _api.TestStoredAsync(
                new { @event = Event, headers = new Dictionary<string, string?> { [name] = value } })).Pointers;
    }

    [Fact]
    public async Task With_all_values_given_no_stored_one_is_needed()
    {
        var saved = (await _api.Store.FindAsync(Some.Tenant, Some.SubscriptionId, default))!;
        await _api.Get<SecretVault>().RemoveAsync(saved.Headers!.Values.Name, default);

        var answer = await _api.TestStoredAsync(
            new { @event = Event, headers = new Dictionary<string, string> { ["X-Api-Key"] = "again" } });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("again", Assert.Single(_api.Receiver.Requests).Headers["X-Api-Key"]);
    }
}
