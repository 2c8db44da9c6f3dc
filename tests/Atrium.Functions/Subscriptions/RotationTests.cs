using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class RotationTests : IDisposable
{
    static readonly string[] All = ["*"];

    readonly SubscriptionApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_rotated_secret_signs_second_for_a_day_and_then_no_more()
    {
        var (id, first) = await CreateAsync();
        var rotated = await _api.RotateAsync(id, new { });
        var second = rotated.Json.GetProperty("secret").GetString()!;
        Assert.Equal("no-store", rotated.CacheControl);
        Assert.True(SigningSecret.Parse(second).IsValid);
        Assert.Equal([second, first], await _api.SigningAsync(id));
        Assert.Equal([Some.Time.AddHours(24)], SignUntil(await _api.GetAsync(id)));

        _api.Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
        Assert.Equal([second, first], await _api.SigningAsync(id));
        _api.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal([second], await _api.SigningAsync(id));
        Assert.Empty(SignUntil(await _api.GetAsync(id)));
    }

    [Fact]
    public async Task Since_when_the_secret_is_in_force_is_shown()
    {
        var (id, _) = await CreateAsync();
        Assert.Equal(Some.Time, await CreatedAtAsync());

        _api.Time.Advance(TimeSpan.FromHours(1));
        await _api.PatchAsync(id, new { name = "x" });
        Assert.Equal(Some.Time, await CreatedAtAsync());
        await _api.RotateAsync(id, new { });
        Assert.Equal(Some.Time.AddHours(1), await CreatedAtAsync());
        await _api.RemoveSecretAsync(id);
        Assert.Null(await CreatedAtAsync());

        async Task<DateTimeOffset?> CreatedAtAsync() =>
            (await _api.GetAsync(id)).Json.GetProperty("secretCreatedAt") is { ValueKind: not JsonValueKind.Null } at
                ? at.GetDateTimeOffset()
                : null;
    }

    [Fact]
    public async Task Of_a_secret_that_an_earlier_version_stored_nobody_knows_since_when()
    {
        await _api.Store.AddAsync(
            Some.Subscription() with { Secret = new("webhook-x", "v1") }, [], default);

        var shown = (await _api.GetAsync(Some.SubscriptionId)).Json;

        Assert.True(shown.GetProperty("hasSecret").GetBoolean());
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("secretCreatedAt").ValueKind);
    }

    [Fact]
    public async Task The_new_secret_is_stored_before_the_row_names_it_and_the_old_one_goes_after_it_is_named_no_more()
    {
        var (id, _) = await CreateAsync();
        var before = _api.Journal.Entries.Count;
        await _api.RotateAsync(id, new { overlapHours = 0 });
        Assert.Equal(
            ["vault: set", "Subscriptions: update", "vault: delete"],
            _api.Journal.Entries.Skip(before).Select(entry => string.Join(' ', entry.Split(' ')[..2])));
        Assert.Single(_api.Vault.Secrets);
    }

    [Fact]
    public async Task An_overlap_of_nothing_ends_all_at_once()
    {
        var (id, _) = await CreateAsync();
        await _api.RotateAsync(id, new { overlapHours = 168 });
        await _api.RotateAsync(id, new { overlapHours = 168 });
        Assert.Equal(3, (await _api.SigningAsync(id)).Count);
        var last = (await _api.RotateAsync(id, new { overlapHours = 0 })).Json.GetProperty("secret").GetString()!;
        Assert.Equal([last], await _api.SigningAsync(id));
        Assert.Equal([last], _api.Vault.Secrets.Values);
    }

    [Fact]
    public async Task No_secret_signs_longer_than_it_would_have_and_a_shorter_overlap_shortens_all()
    {
        var (id, _) = await CreateAsync();
        await _api.RotateAsync(id, new { overlapHours = 2 });
        await _api.RotateAsync(id, new { overlapHours = 10 });
        Assert.Equal([Some.Time.AddHours(10), Some.Time.AddHours(2)], SignUntil(await _api.GetAsync(id)));
        await _api.RotateAsync(id, new { overlapHours = 1 });
        Assert.Equal(
            [Some.Time.AddHours(1), Some.Time.AddHours(1), Some.Time.AddHours(1)], SignUntil(await _api.GetAsync(id)));
    }

    [Fact]
    public async Task A_secret_of_ones_own_is_taken_and_not_shown()
    {
        var (id, first) = await CreateAsync();
        var answer = await _api.RotateAsync(id, new { secret = Some.Secret.Reveal(), overlapHours = 1 });
        Assert.Equal([Some.Secret.Reveal(), first], await _api.SigningAsync(id));
        Assert.DoesNotContain(Some.Secret.Reveal()["whsec_".Length..], answer.Text, StringComparison.Ordinal);
        Assert.False(answer.Json.TryGetProperty("secret", out _));
    }

    [Fact]
    public async Task A_rotation_whose_answer_was_lost_can_be_sent_again_whatever_was_changed_since()
    {
        var (id, first) = await CreateAsync();
        var seen = (await _api.GetAsync(id)).ETag;
        var rotation = new { secret = Some.Secret.Reveal(), overlapHours = 1 };
        Assert.Equal(HttpStatusCode.OK, (await _api.RotateAsync(id, rotation, seen)).Status);
        await _api.PatchAsync(id, new { name = "x" });
        _api.Time.Advance(TimeSpan.FromMinutes(1));

        var again = await _api.RotateAsync(id, rotation, seen);

        Assert.Equal(HttpStatusCode.OK, again.Status);
        var there = await _api.GetAsync(id);
        Assert.Equal((there.ETag, there.Text), (again.ETag, again.Text));
        Assert.Equal([Some.Time.AddHours(1)], SignUntil(there));
        Assert.Equal([Some.Secret.Reveal(), first], await _api.SigningAsync(id));
    }

    [Fact]
    public async Task A_rotation_is_not_the_same_again_with_another_secret_with_none_or_without_a_version()
    {
        var (id, _) = await CreateAsync();
        var seen = (await _api.GetAsync(id)).ETag;
        await _api.RotateAsync(id, new { secret = Some.Secret.Reveal() }, seen);
        var another = SigningSecret.Generate(RandomNumberGenerator.GetBytes).Reveal();

        Assert.Equal(HttpStatusCode.PreconditionFailed, await AgainAsync(new { secret = another }, seen));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await AgainAsync(new { }, seen));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await AgainAsync(new { secret = "short" }, seen));
        Assert.Equal(
            HttpStatusCode.PreconditionRequired, await AgainAsync(new { secret = Some.Secret.Reveal() }, null));
        foreach (var hours in new[] { 0, 23, 168, 169, -1 })
        {
            Assert.Equal(
                HttpStatusCode.PreconditionFailed,
                await AgainAsync(new { secret = Some.Secret.Reveal(), overlapHours = hours }, seen));
        }

        Assert.Equal(
            HttpStatusCode.OK, await AgainAsync(new { secret = Some.Secret.Reveal(), overlapHours = 24 }, seen));
        // Somebody else's is in force now, and this one signs beside it.
        await _api.RotateAsync(id, new { secret = another });
        Assert.Equal(HttpStatusCode.PreconditionFailed, await AgainAsync(new { secret = Some.Secret.Reveal() }, seen));

        async Task<HttpStatusCode> AgainAsync(object rotation, string? version) =>
            (await _api.RotateAsync(id, rotation, version)).Status;
    }

    [Theory]
    [InlineData(24)]
    [InlineData(168)]
    public async Task The_secret_in_force_stays_when_it_is_sent_again(int overlapHours)
    {
        var (id, first) = await CreateAsync();
        await _api.RotateAsync(id, new { secret = Some.Secret.Reveal() });
        var before = await _api.GetAsync(id);
        _api.Time.Advance(TimeSpan.FromHours(1));

        for (var times = 0; times < 2 * SecretRotation.MaxEarlier; times++)
        {
            var again = await _api.RotateAsync(id, new { secret = Some.Secret.Reveal(), overlapHours });
            Assert.Equal((HttpStatusCode.OK, before.ETag, before.Text), (again.Status, again.ETag, again.Text));
        }

        Assert.Equal([Some.Secret.Reveal(), first], await _api.SigningAsync(id));
        Assert.Equal(2, _api.Vault.Secrets.Count);
    }

    [Fact]
    public async Task The_secret_in_force_sent_again_with_a_shorter_overlap_ends_the_earlier_ones_sooner()
    {
        var (id, first) = await CreateAsync();
        await _api.RotateAsync(id, new { secret = Some.Secret.Reveal() });
        var since = (await _api.GetAsync(id)).Json.GetProperty("secretCreatedAt").GetDateTimeOffset();
        _api.Time.Advance(TimeSpan.FromHours(1));

        await _api.RotateAsync(id, new { secret = Some.Secret.Reveal(), overlapHours = 2 });

        Assert.Equal([Some.Time.AddHours(3)], SignUntil(await _api.GetAsync(id)));
        Assert.Equal([Some.Secret.Reveal(), first], await _api.SigningAsync(id));
        await _api.RotateAsync(id, new { secret = Some.Secret.Reveal(), overlapHours = 0 });
        Assert.Equal([Some.Secret.Reveal()], await _api.SigningAsync(id));
        Assert.Equal(since, (await _api.GetAsync(id)).Json.GetProperty("secretCreatedAt").GetDateTimeOffset());
        Assert.Single(_api.Vault.Secrets);
    }

    [Fact]
    public async Task Two_secrets_that_take_turns_sign_once_each()
    {
        var (id, _) = await CreateAsync();
        var another = SigningSecret.Generate(RandomNumberGenerator.GetBytes).Reveal();
        await _api.RotateAsync(id, new { secret = another, overlapHours = 0 });
        string[] turns = [Some.Secret.Reveal(), another];
        for (var turn = 0; turn < 2 * SecretRotation.MaxEarlier; turn++)
        {
            var now = turns[turn % 2];
            Assert.Equal(HttpStatusCode.OK, (await _api.RotateAsync(id, new { secret = now })).Status);
            Assert.Equal([now, turns[(turn + 1) % 2]], await _api.SigningAsync(id));
        }

        Assert.Equal(2, _api.Vault.Secrets.Count);
    }

    [Fact]
    public async Task A_subscription_without_a_secret_gets_its_first()
    {
        var id = (await _api.CreateAsync(new { url = "https://example.com/", events = All })).Json.GetProperty("id")
            .GetString()!;
        var secret = (await _api.RotateAsync(id, new { })).Json.GetProperty("secret").GetString()!;
        Assert.Equal([secret], await _api.SigningAsync(id));
        Assert.True((await _api.GetAsync(id)).Json.GetProperty("hasSecret").GetBoolean());
    }

    [Fact]
    public async Task A_fifth_earlier_secret_is_refused_with_what_to_do_until_one_has_ended()
    {
        var (id, _) = await CreateAsync();
        for (var number = 1; number <= 4; number++)
        {
            Assert.Equal(HttpStatusCode.OK, (await _api.RotateAsync(id, new { overlapHours = 10 * number })).Status);
        }

        var refused = await _api.RotateAsync(id, new { overlapHours = 1 });
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("overlapHours: 0", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            "2026-04-15 19:30:00Z", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(5, _api.Vault.Secrets.Count);

        _api.Time.Advance(TimeSpan.FromHours(10));
        Assert.Equal(HttpStatusCode.OK, (await _api.RotateAsync(id, new { overlapHours = 50 })).Status);
        Assert.Equal(5, _api.Vault.Secrets.Count);
        Assert.Equal(HttpStatusCode.OK, (await _api.RotateAsync(id, new { overlapHours = 0 })).Status);
    }

    [Theory]
    [InlineData("""{"overlapHours":-1}""", "/overlapHours")]
    [InlineData("""{"overlapHours":169}""", "/overlapHours")]
    [InlineData("""{"overlapHours":1.5}""", "/overlapHours")]
    [InlineData("""{"overlapHours":"1"}""", "/overlapHours")]
    [InlineData("""{"secret":"short"}""", "/secret")]
    [InlineData("""{"secret":1}""", "/secret")]
    [InlineData("""{"overlap":1}""", "/overlap")]
    [InlineData("[]", "")]
    public async Task A_rotation_that_is_not_valid_is_refused_and_changes_nothing(string body, string at)
    {
        var (id, first) = await CreateAsync();
        var answer = await _api.RotateAsync(id, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(
            at, Assert.Single(answer.Json.GetProperty("errors").EnumerateArray()).GetProperty("pointer").GetString());
        Assert.Equal([first], await _api.SigningAsync(id));
        Assert.Single(_api.Vault.Secrets);
    }

    [Fact]
    public async Task Removing_takes_all_secrets_and_says_what_that_means()
    {
        var (id, _) = await CreateAsync();
        await _api.RotateAsync(id, new { });
        var answer = await _api.RemoveSecretAsync(id);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.False(answer.Json.GetProperty("hasSecret").GetBoolean());
        Assert.Contains("not signed", answer.Json.GetProperty("warning").GetString(), StringComparison.Ordinal);
        Assert.Empty(await _api.SigningAsync(id));
        Assert.Empty(_api.Vault.Secrets);
        Assert.Equal(HttpStatusCode.OK, (await _api.RemoveSecretAsync(id)).Status);
    }

    [Fact]
    public async Task A_row_of_before_rotation_was_there_rotates_and_deletes_as_any_other()
    {
        _api.Vault.Put("webhook-sub-0123456789abcdef0123", "v1", Some.Secret.Reveal());
        await _api.Store.AddAsync(
            Some.Subscription() with { Secret = new("webhook-sub-0123456789abcdef0123", "v1") }, default);
        var second = (await _api.RotateAsync(Some.SubscriptionId, new { })).Json.GetProperty("secret").GetString()!;
        Assert.Equal([second, Some.Secret.Reveal()], await _api.SigningAsync(Some.SubscriptionId));
        await _api.DeleteAsync(Some.SubscriptionId);
        Assert.Empty(_api.Vault.Secrets);
    }

    [Fact]
    public async Task At_night_what_no_longer_signs_leaves_row_and_vault_in_this_order()
    {
        var (id, _) = await CreateAsync();
        await _api.RotateAsync(id, new { overlapHours = 1 });
        await _api.RotateAsync(id, new { overlapHours = 100 });
        _api.Time.Advance(TimeSpan.FromHours(2));
        var before = _api.Journal.Entries.Count;

        await _api.PurgeAsync();

        Assert.Equal(
            ["Subscriptions: update", "vault: delete"],
            _api.Journal.Entries.Skip(before).Select(entry => string.Join(' ', entry.Split(' ')[..2])));
        Assert.Equal(2, _api.Vault.Secrets.Count);
        Assert.Equal(2, (await _api.SigningAsync(id)).Count);
        Assert.Single((await _api.Store.FindAsync(Some.Tenant, id, default))!.EarlierSecrets);
    }

    [Fact]
    public async Task The_night_leaves_alone_what_another_program_keeps_in_the_vault()
    {
        _api.Vault.Put("webhook-of-somebody-else", "v1", "x");
        _api.Vault.Put("database-password", "v1", "x");
        await _api.Vault.SetSecretAsync(new Azure.Security.KeyVault.Secrets.KeyVaultSecret("webhook-guard", "x")
        {
            Properties = { Tags = { ["tenant"] = Some.Tenant, ["subscription"] = "guard" } },
        });
        _api.Time.Advance(TimeSpan.FromDays(100));
        await _api.PurgeAsync();
        Assert.Equal(3, _api.Vault.Secrets.Count);
    }

    async Task<(string Id, string Secret)> CreateAsync()
    {
        var made =
            (await _api.CreateAsync(new { url = "https://example.com/", events = All, generateSecret = true })).Json;
        return (made.GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
    }

    static IEnumerable<DateTimeOffset> SignUntil(HttpAnswer answer) =>
        answer.Json.GetProperty("earlierSecretsSignUntil").EnumerateArray().Select(time => time.GetDateTimeOffset());
}
