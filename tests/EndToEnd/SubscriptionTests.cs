using System.Net;
using Xunit.Abstractions;

namespace Atrium.EndToEnd;

[Collection(nameof(DefaultApp))]
public sealed class SubscriptionTests(DefaultApp started, ITestOutputHelper output)
{
    static readonly string[] All = ["*"];
    static readonly string[] CheckedOut = ["visitor.checked_out"];

    [Fact]
    public async Task Before_in_and_after_an_overlap_each_secret_that_signs_verifies_and_no_other()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        var seen = new List<(Received Request, WithSecret[] Signing)>();
        var first = await SubscribeAsync(app, receiver.Url);
        await SeeAsync(first);
        var second = await RotateAsync(app, first, 24);
        await SeeAsync(second, first);
        var third = await RotateAsync(app, second, 168);
        await SeeAsync(third, second, first);
        var fourth = await RotateAsync(app, third, 0);
        await SeeAsync(fourth);

        WithSecret[] all = [first, second, third, fourth];
        var cases = seen.SelectMany(one => all.Select(version => (one.Request, one.Signing, Version: version)));
        Assert.Equal(
            cases.Select(one => one.Signing.Contains(one.Version) ? Verdict.Taken : Verdict.Refused),
            await ReceiversLibraries.VerifyAsync(cases.Select(one => (one.Request, one.Version.Secret)), output));

        // A test signs as a delivery does, and with what is in force at once.
        async Task SeeAsync(params WithSecret[] signing)
        {
            await app.PostAsync($"{Subscriptions(app)}/{first.Id}/test", new { @event = "visitor.checked_in" });
            seen.Add(((await receiver.NextAsync(1)).Single(), signing));
        }
    }

    [Fact]
    public async Task Deliveries_are_signed_with_what_a_rotation_left_in_force()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        var overlapping = await SubscribeAsync(app, new Uri(receiver.Url, "/overlap"));
        var ended = await SubscribeAsync(app, new Uri(receiver.Url, "/ended"));
        var first = await RotateAsync(app, overlapping, 24);
        var second = await RotateAsync(app, ended, 0);

        await app.PublishAsync(Events.CheckedIn);
        var requests = (await receiver.NextAsync(2)).ToDictionary(request => request.Path);

        Assert.Equal(
            [Verdict.Taken, Verdict.Taken, Verdict.Refused, Verdict.Taken, Verdict.Refused],
            await ReceiversLibraries.VerifyAsync(
                [
                    (requests["/overlap"], first.Secret), (requests["/overlap"], overlapping.Secret),
                    (requests["/overlap"], second.Secret),
                    (requests["/ended"], second.Secret), (requests["/ended"], ended.Secret),
                ],
                output));
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
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => MakeAsync($"{number}")));

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

        Task<Answer> MakeAsync(string key) => app.SendAsync(
            HttpMethod.Post, Subscriptions(app),
            new { url = "https://crm.example.com/", events = All, generateSecret = true }, key: key);
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
