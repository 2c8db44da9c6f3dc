using System.Globalization;
using System.Net;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class ChangeTests : IDisposable
{
    static readonly string[] All = ["*"];
    static readonly string[] CheckedIn = ["visitor.checked_in"];

    readonly SubscriptionApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Every_answer_that_shows_a_subscription_has_the_tag_of_its_version_and_each_change_another()
    {
        var made = await CreateAsync();
        var id = Id(made);
        Assert.Equal(made.ETag, (await _api.GetAsync(id)).ETag);
        var tags = new List<string> { made.ETag };
        foreach (var change in new Func<Task<HttpAnswer>>[]
        {
            () => _api.ReplaceAsync(id, Wanted(), tags[^1]),
            () => _api.PatchAsync(id, new { name = "x" }, tags[^1]),
            () => _api.RotateAsync(id, new { }, tags[^1]),
            () => _api.RemoveSecretAsync(id, tags[^1]),
        })
        {
            var changed = await change();
            Assert.Equal(HttpStatusCode.OK, changed.Status);
            Assert.Equal((await _api.GetAsync(id)).ETag, changed.ETag);
            tags.Add(changed.ETag);
        }

        Assert.All(tags, tag => Assert.Matches("^\"[0-9a-f]{16}\"$", tag));
        Assert.Distinct(tags);
    }

    [Fact]
    public async Task Who_has_the_version_that_is_there_is_answered_304_without_it_and_who_has_another_gets_it()
    {
        var made = await CreateAsync(secret: true);
        var known = await _api.GetAsync(Id(made), ifNoneMatch: made.ETag);
        Assert.Equal((HttpStatusCode.NotModified, made.ETag, ""), (known.Status, known.ETag, known.Text));

        var changed = await _api.PatchAsync(Id(made), new { name = "changed" });
        var read = await _api.GetAsync(Id(made), ifNoneMatch: made.ETag);
        Assert.Equal((HttpStatusCode.OK, changed.ETag), (read.Status, read.ETag));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("\"another\", {0}")]
    public async Task No_change_is_made_of_a_version_that_If_None_Match_names(string names)
    {
        var made = await CreateAsync(secret: true);
        _api.ChangesUnless = string.Format(CultureInfo.InvariantCulture, names, made.ETag);

        var answers = new[]
        {
            await _api.ReplaceAsync(Id(made), new { url = "https://example.com/", events = All }, made.ETag),
            await _api.PatchAsync(Id(made), new { name = "changed" }, made.ETag),
            await _api.RotateAsync(Id(made), new { }, made.ETag),
            await _api.RemoveSecretAsync(Id(made), made.ETag),
            await _api.DeleteAsync(Id(made), ifMatch: made.ETag),
        };

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status));
        Assert.Equal(made.ETag, (await _api.GetAsync(Id(made))).ETag);
    }

    [Fact]
    public async Task The_end_of_an_overlap_is_shown_to_who_has_the_version_too()
    {
        var made = await CreateAsync(secret: true);
        var rotated = await _api.RotateAsync(Id(made), new { overlapHours = 1 });
        Assert.Equal(HttpStatusCode.NotModified, (await _api.GetAsync(Id(made), ifNoneMatch: rotated.ETag)).Status);

        _api.Time.Advance(TimeSpan.FromHours(1));
        var read = await _api.GetAsync(Id(made), ifNoneMatch: rotated.ETag);
        Assert.Empty(read.Json.GetProperty("earlierSecretsSignUntil").EnumerateArray());
    }

    [Fact]
    public async Task A_change_needs_the_version_that_it_was_made_from_and_a_lost_update_is_412_and_changes_nothing()
    {
        var made = await CreateAsync(secret: true);
        var id = Id(made);
        var current = (await _api.PatchAsync(id, new { name = "first" }, made.ETag)).ETag;
        var vault = _api.Vault.Secrets;
        foreach (var change in Changes(id))
        {
            Assert.Equal(HttpStatusCode.PreconditionRequired, (await change(null)).Status);
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await change(made.ETag)).Status);
        }

        Assert.Equal(current, (await _api.GetAsync(id)).ETag);
        Assert.Equal(vault, _api.Vault.Secrets);
    }

    [Fact]
    public async Task Of_two_changes_made_from_one_version_one_wins_and_the_other_is_412_and_leaves_no_secret()
    {
        foreach (var which in Enumerable.Range(0, Changes("").Count()))
        {
            var id = Id(await CreateAsync(secret: true));
            var tag = (await _api.GetAsync(id)).ETag;
            using var hold = new Hold(_api.Tables, which == 4 ? "delete" : "update");
            var late = Changes(id).ElementAt(which)(tag);
            await hold.Reached;
            hold.LetPass();
            Assert.Equal(HttpStatusCode.OK, (await _api.PatchAsync(id, new { name = "first" }, tag)).Status);
            hold.Release();
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await late).Status);

            Assert.Equal("first", (await _api.GetAsync(id)).Json.GetProperty("name").GetString());
            Assert.Single(await _api.SigningAsync(id));
            Assert.Equal(NamesInRows(), _api.Vault.Secrets.Keys.Select(key => key.Name).Order());
        }
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_is_taken_for_what_it_is_when_the_client_tries_again()
    {
        var id = Id(await CreateAsync(secret: true));
        // The first try is written; the second, which the client makes by itself, meets its version.
        _api.Tables.AnswerLost = "update";
        var rotated = await _api.RotateAsync(id, new { overlapHours = 0 });
        Assert.Equal(HttpStatusCode.OK, rotated.Status);
        Assert.Equal([rotated.Json.GetProperty("secret").GetString()!], await _api.SigningAsync(id));
        Assert.Equal(rotated.ETag, (await _api.GetAsync(id)).ETag);
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_and_which_another_was_made_on_top_of_keeps_its_secret()
    {
        var id = Id(await CreateAsync(secret: true));
        _api.Tables.AnswerLost = "update";
        // Between the two tries of the client, somebody else renames what is there now.
        _api.Tables.AfterLoss = async () =>
            Assert.Equal(HttpStatusCode.OK, (await _api.PatchAsync(id, new { name = "second" })).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _api.RotateAsync(id, new { overlapHours = 1 })).Status);
        Assert.Equal(2, (await _api.SigningAsync(id)).Count);
        Assert.Equal(NamesInRows(), _api.Vault.Secrets.Keys.Select(key => key.Name).Order());
    }

    [Fact]
    public async Task An_outage_of_the_table_leaves_what_may_be_named_in_the_vault_and_the_night_removes_what_is_not()
    {
        var id = Id(await CreateAsync(secret: true));
        _api.Tables.Before = call => call == "update" ? throw Outages.Unavailable() : Task.CompletedTask;
        await Assert.ThrowsAsync<RequestFailedException>(() => _api.RotateAsync(id, new { }));
        _api.Tables.Before = _ => Task.CompletedTask;
        Assert.Equal(2, _api.Vault.Secrets.Count);
        await _api.PurgeAsync();
        Assert.Equal(2, _api.Vault.Secrets.Count);

        _api.Time.Advance(SecretPurge.OrphanedAfter);
        await _api.PurgeAsync();

        Assert.Equal(NamesInRows(), _api.Vault.Secrets.Keys.Select(key => key.Name));
        Assert.Single(await _api.SigningAsync(id));
    }

    [Fact]
    public async Task Put_sets_all_anew_and_leaves_secret_and_pause()
    {
        var id = Id(
            await _api.CreateAsync(
            new
            {
                name = "CRM",
                url = "https://example.com/",
                events = All,
                headers = new { X_Key = "k" },
                generateSecret = true
            }));
        var signing = await _api.SigningAsync(id);
        await PauseAsync(id);

        var answer = await _api.ReplaceAsync(id, new { url = "https://example.org/new", events = CheckedIn });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.Json.GetProperty("name").ValueKind);
        Assert.Equal("https://example.org/new", answer.Json.GetProperty("url").GetString());
        Assert.Equal(
            "visitor.checked_in", Assert.Single(answer.Json.GetProperty("events").EnumerateArray()).GetString());
        Assert.Empty(answer.Json.GetProperty("headerNames").EnumerateArray());
        Assert.Empty(await _api.HeadersAsync(id));
        Assert.Equal(signing, await _api.SigningAsync(id));
        Assert.Single(_api.Vault.Secrets);
        Assert.Equal(Some.Time, answer.Json.GetProperty("pausedAt").GetDateTimeOffset());
        Assert.Equal(answer.Text, (await _api.GetAsync(id)).Text);
    }

    [Fact]
    public async Task Patch_changes_what_it_names_and_null_removes()
    {
        var id = Id(
            await _api.CreateAsync(
            new
            {
                name = "CRM",
                url = "https://example.com/",
                events = All,
                headers = new { X_Key = "k" },
                generateSecret = true
            }));
        await PauseAsync(id);
        var before = (await _api.GetAsync(id)).Json;
        var renamed = (await _api.PatchAsync(id, """{"name":" ERP "}""")).Json;
        Assert.Equal("ERP", renamed.GetProperty("name").GetString());
        foreach (var field in before.EnumerateObject().Where(field => field.Name is not ("name" or "etag")))
        {
            Assert.Equal(field.Value.GetRawText(), renamed.GetProperty(field.Name).GetRawText());
        }

        Assert.Equal(
            "https://example.com/new",
            (await _api.PatchAsync(id, """{"url":"https://example.com/new"}""")).Json.GetProperty("url").GetString());
        Assert.Equal(
            "visitor.checked_in",
            (await _api.PatchAsync(id, """{"events":["visitor.checked_in"]}""")).Json.GetProperty("events")[0]
            .GetString());
        Assert.Equal(
            System.Text.Json.JsonValueKind.Null,
            (await _api.PatchAsync(id, """{"name":null}""")).Json.GetProperty("name").ValueKind);
        Assert.Equal("k", (await _api.HeadersAsync(id))["X_Key"]);
        Assert.Equal(2, _api.Vault.Secrets.Count);
    }

    [Theory]
    [InlineData("""{"url":null}""", "/url")]
    [InlineData("""{"url":1}""", "/url")]
    [InlineData("""{"url":"\ud800"}""", "/url")]
    [InlineData("""{"url":"https://169.254.169.254/"}""", "/url")]
    [InlineData("""{"events":null}""", "/events")]
    [InlineData("""{"events":"*"}""", "/events")]
    [InlineData("""{"events":["*",1]}""", "/events")]
    [InlineData("""{"events":[]}""", "/events")]
    [InlineData("""{"name":""}""", "/name")]
    [InlineData("""{"name":"a\nb"}""", "/name")]
    [InlineData("""{"headers":1}""", "/headers")]
    [InlineData("""{"headers":{"X-Key":1}}""", "/headers")]
    [InlineData("""{"headers":{"Host":"x"}}""", "/headers/Host")]
    [InlineData("""{"secret":"x"}""", "/secret")]
    [InlineData("[]", "")]
    public async Task A_patch_that_is_not_valid_is_refused_with_where_and_changes_nothing(string patch, string at)
    {
        var made = await CreateAsync(secret: true);
        var answer = await _api.PatchAsync(Id(made), patch);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal([at], Pointers(answer));
        Assert.Equal(made.ETag, (await _api.GetAsync(Id(made))).ETag);
        Assert.Single(_api.Vault.Secrets);
    }

    [Fact]
    public async Task A_put_that_is_not_valid_is_told_all_at_once_and_changes_nothing()
    {
        var made = await CreateAsync();
        var answer = await _api.ReplaceAsync(
            Id(made),
            new
            {
                name = new string('n', 101),
                url = "https://10.0.0.4/",
                events = Array.Empty<string>(),
                headers = new Dictionary<string, string> { ["webhook-id"] = "x" }
            });
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(["/name", "/url", "/events", "/headers/webhook-id"], Pointers(answer));
        Assert.Equal(
            ["/secret"],
            Pointers(
            await _api.ReplaceAsync(Id(made), new { url = "https://example.com/", events = All, secret = "x" })));
        Assert.Equal(made.ETag, (await _api.GetAsync(Id(made))).ETag);
        Assert.Empty(_api.Vault.Secrets);
    }

    [Theory]
    [InlineData("application/merge-patch+json", HttpStatusCode.OK)]
    [InlineData("application/json; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("application/json-patch+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_patch_is_a_merge_patch(string contentType, HttpStatusCode status) =>
        Assert.Equal(status, (await _api.PatchAsync(Id(await CreateAsync()), "{}", contentType: contentType)).Status);

    [Theory]
    [InlineData("https://169.254.169.254/latest", "169.254.0.0/16")]
    [InlineData("https://168.63.129.16/", "168.63.129.16")]
    [InlineData("https://127.0.0.1./", "127.0.0.0/8")]
    [InlineData("https://localhost./", "localhost")]
    public async Task An_address_that_egress_would_refuse_is_refused_with_the_rules_name(string url, string rule)
    {
        var answer = await _api.CreateAsync(new { url, events = All });
        Assert.Equal(["/url"], Pointers(answer));
        Assert.Contains(rule, answer.Text, StringComparison.Ordinal);
        Assert.Contains(
            rule, (await _api.ReplaceAsync(Id(await CreateAsync()), new { url, events = All })).Text,
            StringComparison.Ordinal);
    }

    IEnumerable<Func<string?, Task<HttpAnswer>>> Changes(string id) =>
    [
        ifMatch => _api.ReplaceAsync(
            id, new { url = "https://example.org/", events = All, headers = new { X_Key = "new" } }, ifMatch),
        ifMatch => _api.PatchAsync(id, new { headers = new { X_Key = "new" } }, ifMatch),
        ifMatch => _api.RotateAsync(id, new { overlapHours = 0 }, ifMatch),
        ifMatch => _api.RemoveSecretAsync(id, ifMatch),
        ifMatch => _api.DeleteAsync(id, ifMatch: ifMatch),
    ];

    IEnumerable<string> NamesInRows() =>
        _api.Store.ListAsync(Some.Tenant, default).Result.SelectMany(SubscriptionChanges.Names).Order();

    async Task PauseAsync(string id) =>
        Assert.NotNull(
            await _api.Store.ReplaceAsync(
            (await _api.Store.FindAsync(Some.Tenant, id, default))! with { PausedAt = Some.Time }, default));

    static object Wanted() => new { url = "https://example.com/hook", events = All };

    Task<HttpAnswer> CreateAsync(bool secret = false) =>
        _api.CreateAsync(new { url = "https://example.com/hook", events = All, generateSecret = secret });

    static string Id(HttpAnswer answer) => answer.Json.GetProperty("id").GetString()!;

    static IEnumerable<string?> Pointers(HttpAnswer answer) =>
        answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString());
}
