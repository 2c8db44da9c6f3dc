using System.Net;
using System.Text.Json;
using Atrium.JavaScript;
using Xunit.Abstractions;

namespace Atrium.EndToEnd;

[Collection(nameof(DefaultApp))]
public sealed class SubscriptionTests(DefaultApp started, ITestOutputHelper output)
{
    static readonly string[] All = ["*"];
    static readonly string[] CheckedOut = ["visitor.checked_out"];

    [Fact]
    public async Task During_an_overlap_requests_verify_with_both_secrets_and_without_one_with_the_new_alone()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        var overlapping = await SubscribeAsync(app, new Uri(receiver.Url, "/overlap"));
        var ended = await SubscribeAsync(app, new Uri(receiver.Url, "/ended"));
        var rotatedTwice = await SubscribeAsync(app, new Uri(receiver.Url, "/twice"));

        var first = await RotateAsync(app, overlapping, 24);
        var second = await RotateAsync(app, ended, 0);
        var third = await RotateAsync(app, rotatedTwice, 24);
        var fourth = await RotateAsync(app, third, 168);
        await app.PublishAsync(Events.CheckedIn);
        var requests = (await receiver.NextAsync(3)).ToDictionary(request => request.Path);

        var scripts = Path.Combine(AppContext.BaseDirectory, "scripts");
        await NpmPackages.InstallAsync(scripts, output.WriteLine);
        await VerifiesAsync(requests["/overlap"], first.Secret);
        await VerifiesAsync(requests["/overlap"], overlapping.Secret);
        await VerifiesAsync(requests["/ended"], second.Secret);
        await DoesNotVerifyAsync(requests["/ended"], ended.Secret);
        await DoesNotVerifyAsync(requests["/overlap"], second.Secret);
        foreach (var secret in new[] { rotatedTwice.Secret, third.Secret, fourth.Secret })
        {
            await VerifiesAsync(requests["/twice"], secret);
        }

        // Ended now, after both have signed: a test signs with what is in force.
        var last = await RotateAsync(app, first, 0);
        await app.PostAsync($"{Subscriptions(app)}/{overlapping.Id}/test", new { @event = "visitor.checked_in" });
        var test = (await receiver.NextAsync(1)).Single();
        await VerifiesAsync(test, last.Secret);
        await DoesNotVerifyAsync(test, first.Secret);
        await DoesNotVerifyAsync(test, overlapping.Secret);

        async Task VerifiesAsync(Received request, string secret) => await NodeScript.RunAsync(
            Path.Combine(scripts, "verify.mjs"),
            [JsonSerializer.Serialize(
                new { secret, headers = request.Headers, body = Convert.ToBase64String(request.Body) })]);
        async Task DoesNotVerifyAsync(Received request, string secret) =>
            await Assert.ThrowsAsync<NodeScriptFailedException>(() => VerifiesAsync(request, secret));
    }

    [Fact]
    public async Task A_subscription_is_made_once_changed_from_the_version_that_was_read_and_deleted()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        var wanted =
            new
            {
                name = "CRM",
                url = new Uri(receiver.Url, "/first"),
                events = All,
                headers = new Dictionary<string, string> { ["X-Api-Key"] = "k1", ["X-Other"] = "o" }
            };
        var made = await app.SendAsync(HttpMethod.Post, Subscriptions(app), wanted, key: "once");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var path = $"{Subscriptions(app)}/{made.Json.GetProperty("id").GetString()}";
        var again = await app.SendAsync(HttpMethod.Post, Subscriptions(app), wanted, key: "once");
        Assert.Equal((HttpStatusCode.Created, made.ETag), (again.Status, again.ETag));
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await app.SendAsync(
            HttpMethod.Post, Subscriptions(app), new { url = receiver.Url, events = All }, key: "once")).Status);
        Assert.Single((await app.GetAsync(Subscriptions(app))).GetProperty("items").EnumerateArray());
        Assert.Equal(made.ETag, (await app.SendAsync(HttpMethod.Get, path)).ETag);

        Assert.Equal(
            HttpStatusCode.PreconditionRequired,
            (await app.SendAsync(HttpMethod.Patch, path, new { name = "x" })).Status);
        var patched = await app.SendAsync(
            HttpMethod.Patch, path,
            new
            {
                url = new Uri(receiver.Url, "/second"),
                headers = new Dictionary<string, string?> { ["x-api-key"] = "k2", ["X-Other"] = null }
            }, made.ETag);
        Assert.Equal((HttpStatusCode.OK, "CRM"), (patched.Status, patched.Json.GetProperty("name").GetString()));
        Assert.NotEqual(made.ETag, patched.ETag);
        var lost = await app.SendAsync(
            HttpMethod.Put, path, new { url = new Uri(receiver.Url, "/lost"), events = All }, made.ETag);
        Assert.Equal((HttpStatusCode.PreconditionFailed, "application/problem+json"), (lost.Status, lost.ContentType));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await app.SendAsync(
            HttpMethod.Delete, path.Replace(app.Tenant, "other", StringComparison.Ordinal), ifMatch: "*")).Status);

        await app.PublishAsync(Events.CheckedIn);
        var request = (await receiver.NextAsync(1)).Single();
        Assert.Equal(
            ("/second", "k2", false),
            (request.Path, request.Headers["X-Api-Key"], request.Headers.ContainsKey("X-Other")));

        var replaced = await app.SendAsync(
            HttpMethod.Put, path, new { url = new Uri(receiver.Url, "/third"), events = CheckedOut }, patched.ETag);
        Assert.Equal(HttpStatusCode.OK, replaced.Status);
        Assert.Empty(replaced.Json.GetProperty("headerNames").EnumerateArray());
        await app.PostAsync($"{path}/test", new { @event = "visitor.checked_in" });
        request = (await receiver.NextAsync(1)).Single();
        Assert.Equal(("/third", false), (request.Path, request.Headers.ContainsKey("X-Api-Key")));

        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            (await app.SendAsync(HttpMethod.Delete, path, ifMatch: patched.ETag)).Status);
        Assert.Equal(
            HttpStatusCode.NoContent, (await app.SendAsync(HttpMethod.Delete, path, ifMatch: replaced.ETag)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync(HttpMethod.Get, path)).Status);
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await app.SendAsync(HttpMethod.Post, Subscriptions(app), wanted, key: "once")).Status);
    }

    [Fact]
    public async Task Of_thirty_made_at_once_twenty_are_let_in_and_listed_page_by_page()
    {
        await using var app = started.Share();
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => app.SendAsync(
            HttpMethod.Post, Subscriptions(app),
            new { url = "https://crm.example.com/", events = All, generateSecret = true })));

        var made = answers.Where(answer => answer.Status == HttpStatusCode.Created)
            .Select(answer => answer.Json.GetProperty("id").GetString()).ToList();
        Assert.Equal(20, made.Count);
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.Conflict));
        var listed = new List<string?>();
        for (var query = "?limit=8"; query.Length > 0;)
        {
            var page = await app.GetAsync(Subscriptions(app) + query);
            listed.AddRange(
                page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()));
            query = page.GetProperty("nextCursor").GetString() is { } cursor ? $"?limit=8&cursor={cursor}" : "";
        }

        Assert.Equal(made.Order(), listed.Order());
    }

    static string Subscriptions(RunningApp app) => $"api/tenants/{app.Tenant}/subscriptions";

    static async Task<WithSecret> SubscribeAsync(RunningApp app, Uri url)
    {
        var made = await app.SendAsync(
            HttpMethod.Post, Subscriptions(app), new { url, events = All, generateSecret = true });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        return new(made.Json.GetProperty("id").GetString()!, made.ETag!, made.Json.GetProperty("secret").GetString()!);
    }

    static async Task<WithSecret> RotateAsync(RunningApp app, WithSecret before, int overlapHours)
    {
        var rotated = await app.SendAsync(
            HttpMethod.Post, $"{Subscriptions(app)}/{before.Id}/secret/rotate", new { overlapHours }, before.ETag);
        Assert.Equal(HttpStatusCode.OK, rotated.Status);
        return new(before.Id, rotated.ETag!, rotated.Json.GetProperty("secret").GetString()!);
    }

    sealed record WithSecret(string Id, string ETag, string Secret);
}
