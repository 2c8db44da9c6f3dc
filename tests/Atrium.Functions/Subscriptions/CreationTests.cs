using System.Net;
using System.Text.Json;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class CreationTests : IDisposable
{
    static readonly string[] All = ["*"];

    readonly SubscriptionApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task The_same_request_with_the_same_key_makes_one_subscription()
    {
        var first = await CreateAsync("key-1");
        var again = await CreateAsync("key-1");
        Assert.Equal((HttpStatusCode.Created, first.Location, first.ETag), (again.Status, again.Location, again.ETag));
        Assert.Equal(Id(first), Id(again));
        Assert.Single(await ListAsync());
        Assert.NotEqual(Id(first), Id(await CreateAsync("key-2")));
        Assert.NotEqual(Id(first), Id(await CreateAsync(null)));
    }

    [Theory]
    [InlineData("/api/tenants/acme/subscriptions")]
    [InlineData("/api/tenants/acme/subscriptions/")]
    public async Task What_was_made_is_found_at_its_location_however_the_path_ended(string path)
    {
        var request = HttpCall.Of(
            "POST", path, BinaryData.FromString("""{"url":"https://example.com/","events":["*"]}"""));
        var made = await HttpCall.AnswerAsync(
            request, _api.Get<CreateSubscriptionFunction>().RunAsync(request, Some.Tenant, default));
        Assert.Equal($"/api/tenants/acme/subscriptions/{Id(made)}", made.Location);
    }

    [Fact]
    public async Task A_generated_secret_is_not_shown_again_and_the_answer_says_what_to_do()
    {
        var first = await CreateAsync("key-1", generateSecret: true);
        var again = await CreateAsync("key-1", generateSecret: true);
        Assert.DoesNotContain(first.Json.GetProperty("secret").GetString()!, again.Text, StringComparison.Ordinal);
        Assert.False(again.Json.TryGetProperty("secret", out _));
        Assert.Contains("rotate", again.Json.GetProperty("warning").GetString(), StringComparison.Ordinal);
        Assert.Single(_api.Vault.Secrets);
    }

    [Fact]
    public async Task Another_request_with_the_same_key_is_422()
    {
        await CreateAsync("key-1");
        foreach (var other in new object[]
        {
            new { url = "https://example.com/other", events = All },
            new { url = "https://example.com/", events = new[] { "visitor.checked_in" } },
            new { url = "https://example.com/", events = All, name = "x" },
            new { url = "https://example.com/", events = All, generateSecret = true },
            new { url = "https://example.com/", events = All, headers = new { X = "y" } },
        })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _api.CreateAsync(other, key: "key-1")).Status);
        }

        Assert.Single(await ListAsync());
        Assert.Empty(_api.Vault.Secrets);
    }

    [Theory]
    [InlineData(2, "v1")]
    [InlineData(1, "v2")]
    [InlineData(1, "V1")]
    public async Task The_same_request_with_another_secret_or_other_header_values_is_422(byte secret, string value)
    {
        var first = await _api.CreateAsync(With(1, "v1"), key: "key-1");

        Assert.Equal(
            HttpStatusCode.UnprocessableEntity, (await _api.CreateAsync(With(secret, value), key: "key-1")).Status);
        Assert.Equal(Id(first), Id(await _api.CreateAsync(With(1, "v1", "x"), key: "key-1")));
        Assert.Equal(2, _api.Vault.Secrets.Count);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public async Task Of_two_headers_each_value_counts(string one, string other)
    {
        object With(string x, string y) =>
            new { url = "https://example.com/", events = All, headers = new { X = x, Y = y } };
        await _api.CreateAsync(With("a", "a"), key: "key-1");

        Assert.Equal(
            HttpStatusCode.UnprocessableEntity, (await _api.CreateAsync(With(one, other), key: "key-1")).Status);
    }

    [Fact]
    public async Task Of_two_secrets_at_once_under_one_key_the_one_that_is_refused_is_not_in_force()
    {
        await CreateAsync(null);
        using var hold = new Hold(_api.Tables, "transaction");
        var held = _api.CreateAsync(With(1, "v"), key: "key-1");
        await hold.Reached;
        hold.LetPass();
        var made = await _api.CreateAsync(With(2, "v"), key: "key-1");
        hold.Release();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await held).Status);
        Assert.Equal(["whsec_" + SecretOf(2)], await _api.SigningAsync(Id(made)));
    }

    [Fact]
    public async Task What_was_rotated_or_replaced_since_does_not_make_the_same_request_another()
    {
        var first = await _api.CreateAsync(With(1, "v1"), key: "key-1");
        var rotated = await _api.RotateAsync(Id(first), new { secret = SecretOf(3) }, first.ETag);
        Assert.Equal(HttpStatusCode.OK, rotated.Status);
        var patched = await _api.PatchAsync(Id(first), new { headers = new { X = "v3" } }, rotated.ETag);
        Assert.Equal(HttpStatusCode.OK, patched.Status);

        var again = await _api.CreateAsync(With(1, "v1"), key: "key-1");
        var other = await _api.CreateAsync(With(2, "v1"), key: "key-1");

        Assert.Equal((HttpStatusCode.Created, Id(first)), (again.Status, Id(again)));
        Assert.Contains("rotated since", again.Json.GetProperty("warning").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
    }

    static object With(byte secret, string value, string name = "X") => new
    {
        url = "https://example.com/",
        events = All,
        secret = SecretOf(secret),
        headers = new Dictionary<string, string> { [name] = value },
    };

    static string SecretOf(byte value) => Convert.ToBase64String(Enumerable.Repeat(value, 32).ToArray());

    [Fact]
    public async Task A_key_is_free_again_after_a_day_and_is_forgotten_at_night()
    {
        var first = await CreateAsync("key-1");
        _api.Time.Advance(IdempotencyKey.KeptFor - TimeSpan.FromTicks(1));
        await _api.PurgeAsync();
        Assert.Equal(Id(first), Id(await CreateAsync("key-1")));
        _api.Time.Advance(TimeSpan.FromTicks(1));
        var second = await CreateAsync("key-1");
        Assert.NotEqual(Id(first), Id(second));
        Assert.Equal(Id(second), Id(await CreateAsync("key-1")));

        _api.Time.Advance(IdempotencyKey.KeptFor);
        await _api.PurgeAsync();

        Assert.DoesNotContain(
            _api.Tables.Table("Subscriptions").Rows, row => row.RowKey.StartsWith("key_", StringComparison.Ordinal));
        Assert.Equal(2, (await ListAsync()).Count());
    }

    [Fact]
    public async Task A_key_whose_subscription_is_deleted_is_409()
    {
        var first = await CreateAsync("key-1");
        await _api.DeleteAsync(Id(first));
        Assert.Equal(HttpStatusCode.Conflict, (await CreateAsync("key-1")).Status);
        Assert.Empty(await ListAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task A_key_that_is_none_is_refused(int length) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await CreateAsync(new string('k', length))).Status);

    [Fact]
    public async Task Tenants_keys_are_apart()
    {
        var first = await CreateAsync("key-1");
        var other = await _api.CreateAsync(new { url = "https://example.com/", events = All }, "other", "key-1");
        Assert.Equal(HttpStatusCode.Created, other.Status);
        Assert.NotEqual(Id(first), Id(other));
    }

    [Fact]
    public async Task The_same_request_many_times_at_once_makes_one_subscription_and_leaves_no_secret_of_the_others()
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => Task.Run(() => CreateAsync("key-1", generateSecret: true))));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.Status));
        Assert.Single(answers.Select(Id).Distinct());
        Assert.Single(answers, answer => answer.Json.TryGetProperty("secret", out _));
        Assert.Single(await ListAsync());
        Assert.Single(_api.Vault.Secrets);
    }

    [Fact]
    public async Task Two_that_read_the_same_state_are_not_both_let_in()
    {
        for (var number = 1; number < SubscriptionAdmissions.MaxPerTenant; number++)
        {
            await CreateAsync(null);
        }

        using var hold = new Hold(_api.Tables, "transaction");
        var late = CreateAsync(null, generateSecret: true);
        await hold.Reached;
        hold.LetPass();
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(null)).Status);
        hold.Release();

        Assert.Equal(HttpStatusCode.Conflict, (await late).Status);
        Assert.Equal(SubscriptionAdmissions.MaxPerTenant, (await ListAsync()).Count());
        Assert.Empty(_api.Vault.Secrets);
    }

    [Fact]
    public async Task However_many_are_made_at_once_twenty_are_let_in_and_the_vault_keeps_what_rows_name()
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(_ => Task.Run(() => CreateAsync(null, generateSecret: true))));
        Assert.Equal(
            SubscriptionAdmissions.MaxPerTenant, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.Conflict));
        var subscriptions = await _api.Store.ListAsync(Some.Tenant, default);
        Assert.Equal(SubscriptionAdmissions.MaxPerTenant, subscriptions.Count);
        Assert.Equal(
            subscriptions.Select(one => one.Secret!.Name).Order(),
            _api.Vault.Secrets.Keys.Select(key => key.Name).Order());
    }

    [Fact]
    public async Task A_place_that_was_freed_can_be_taken()
    {
        var last = "";
        for (var number = 0; number < SubscriptionAdmissions.MaxPerTenant; number++)
        {
            last = Id(await CreateAsync($"key-{number}"));
        }

        Assert.Equal(HttpStatusCode.Conflict, (await CreateAsync(null)).Status);
        await _api.DeleteAsync(last);
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(null)).Status);
        // What was made before is told so even when there is no place.
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync("key-0")).Status);
    }

    [Fact]
    public async Task A_creation_whose_answer_was_lost_is_taken_for_what_it_is_when_the_client_tries_again()
    {
        await CreateAsync(null);
        _api.Tables.AnswerLost = "transaction";
        var made = await CreateAsync("key-1", generateSecret: true);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal([made.Json.GetProperty("secret").GetString()!], await _api.SigningAsync(Id(made)));
        Assert.Equal(made.ETag, (await _api.GetAsync(Id(made))).ETag);
        Assert.Equal(2, (await ListAsync()).Count());
    }

    [Theory]
    [InlineData("key-1")]
    [InlineData(null)]
    public async Task A_creation_whose_answer_was_lost_keeps_its_secret_though_another_has_changed_it_since(string? key)
    {
        await CreateAsync(null);
        _api.Tables.AnswerLost = "transaction";
        // Between the two tries of the client, somebody else names what is there now.
        _api.Tables.AfterLoss = async () =>
        {
            foreach (var one in await ListAsync())
            {
                await _api.PatchAsync(one.GetProperty("id").GetString()!, new { name = "second" });
            }
        };

        var made = await CreateAsync(key, generateSecret: true);

        Assert.Equal(
            (HttpStatusCode.Created, "second"), (made.Status, made.Json.GetProperty("name").GetString()));
        Assert.Equal([made.Json.GetProperty("secret").GetString()!], await _api.SigningAsync(Id(made)));
        Assert.Equal(made.ETag, (await _api.GetAsync(Id(made))).ETag);
        Assert.Equal(2, (await ListAsync()).Count());
    }

    [Fact]
    public async Task A_creation_that_the_table_failed_is_made_by_the_next_try_and_its_secret_goes_at_night()
    {
        _api.Tables.Table("Subscriptions").Exists = true;
        _api.Tables.Before = call => call == "transaction" ? throw Outages.Unavailable() : Task.CompletedTask;
        await Assert.ThrowsAsync<RequestFailedException>(() => CreateAsync("key-1", generateSecret: true));
        _api.Tables.Before = _ => Task.CompletedTask;
        var made = await CreateAsync("key-1", generateSecret: true);
        Assert.True(made.Json.TryGetProperty("secret", out _));
        Assert.Equal(2, _api.Vault.Secrets.Count);

        _api.Time.Advance(SecretPurge.OrphanedAfter);
        await _api.PurgeAsync();

        Assert.Single(_api.Vault.Secrets);
        Assert.Single(await _api.SigningAsync(Id(made)));
    }

    Task<HttpAnswer> CreateAsync(string? key, bool generateSecret = false) =>
        _api.CreateAsync(new { url = "https://example.com/", events = All, generateSecret }, key: key);

    async Task<IEnumerable<JsonElement>> ListAsync() =>
        (await _api.ListAsync()).Json.GetProperty("items").EnumerateArray();

    static string Id(HttpAnswer answer) => answer.Json.GetProperty("id").GetString()!;
}
