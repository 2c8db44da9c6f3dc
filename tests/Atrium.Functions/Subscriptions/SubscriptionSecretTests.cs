using System.Net;
using Atrium.Functions.Secrets;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class SubscriptionSecretTests : IDisposable
{
    static readonly string[] AllEvents = ["*"];

    readonly SubscriptionApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_generated_secret_is_in_the_answer_and_never_again()
    {
        var made = await CreateAsync(generateSecret: true);
        var secret = made.Json.GetProperty("secret").GetString();
        Assert.True(SigningSecret.Parse(secret).IsValid);
        Assert.Equal("no-store", made.CacheControl);
        Assert.Equal(secret, Assert.Single(_api.Vault.Secrets).Value);
        var id = made.Json.GetProperty("id").GetString()!;
        foreach (var later in new[] { await _api.GetAsync(id), await _api.ListAsync(), await _api.DeleteAsync(id) })
        {
            Assert.DoesNotContain(secret!["whsec_".Length..], later.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_secret_is_generated_twice()
    {
        await CreateAsync(generateSecret: true);
        await CreateAsync(generateSecret: true);
        Assert.Equal(2, _api.Vault.Secrets.Values.Distinct().Count());
    }

    [Fact]
    public async Task A_secret_of_ones_own_goes_to_the_vault_and_into_no_answer()
    {
        var made = await CreateAsync(secret: Some.Secret.Reveal());
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.True(made.Json.GetProperty("hasSecret").GetBoolean());
        Assert.DoesNotContain(Some.Secret.Reveal()["whsec_".Length..], made.Text, StringComparison.Ordinal);
        Assert.Equal(Some.Secret.Reveal(), Assert.Single(_api.Vault.Secrets).Value);
    }

    [Fact]
    public async Task The_table_holds_no_secret()
    {
        await CreateAsync(secret: Some.Secret.Reveal());
        var row = Assert.Single(_api.Tables.Table("Subscriptions").Rows, row => row.RowKey != "guard");
        Assert.DoesNotContain(
            row, property => property.Value?.ToString()?.Contains(
            Some.Secret.Reveal()["whsec_".Length..], StringComparison.Ordinal) ?? false);
        Assert.Equal(
            Assert.Single(_api.Vault.Secrets).Key, (row.GetString("SecretName"), row.GetString("SecretVersion")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("too short")]
    [InlineData("whsec_AAECAwQFBgcICQoLDA0ODw==")]
    public async Task A_secret_that_is_none_is_refused(string secret)
    {
        var answer = await CreateAsync(secret: secret);
        Assert.Equal(
            "/secret",
            Assert.Single(answer.Json.GetProperty("errors").EnumerateArray()).GetProperty("pointer").GetString());
    }

    [Fact]
    public async Task A_secret_is_either_brought_or_generated()
    {
        var answer = await CreateAsync(secret: Some.Secret.Reveal(), generateSecret: true);
        Assert.Equal(
            "/generateSecret",
            Assert.Single(answer.Json.GetProperty("errors").EnumerateArray()).GetProperty("pointer").GetString());
        Assert.Empty(_api.Vault.Secrets);
    }

    [Fact]
    public async Task Without_a_secret_the_admin_is_warned()
    {
        var made = await CreateAsync();
        Assert.False(made.Json.GetProperty("hasSecret").GetBoolean());
        Assert.Contains("not signed", made.Json.GetProperty("warning").GetString(), StringComparison.Ordinal);
        Assert.Empty(_api.Vault.Secrets);
    }

    [Fact]
    public async Task The_secret_is_stored_first_and_the_row_second()
    {
        _api.Tables.Table("Subscriptions").Exists = true;
        await CreateAsync(generateSecret: true);
        Assert.Equal(["vault", "Subscriptions"], _api.Journal.Entries.Select(entry => entry.Split(':')[0]));
    }

    [Fact]
    public async Task A_vault_that_fails_leaves_no_row()
    {
        _api.Vault.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<RequestFailedException>(() => CreateAsync(generateSecret: true));
        Assert.DoesNotContain("transaction", _api.Tables.Calls);
    }

    [Fact]
    public async Task A_deleted_subscriptions_row_goes_first_and_its_secret_second_so_that_no_row_names_what_is_gone()
    {
        var id = (await CreateAsync(generateSecret: true)).Json.GetProperty("id").GetString()!;
        var before = _api.Journal.Entries.Count;
        await _api.DeleteAsync(id);
        Assert.Equal(
            ["Subscriptions", "vault"], _api.Journal.Entries.Skip(before).Select(entry => entry.Split(':')[0]));
        Assert.Empty(_api.Vault.Secrets);
    }

    [Fact]
    public async Task A_deletion_that_the_vault_failed_is_done_and_the_secret_goes_at_night()
    {
        var id = (await CreateAsync(generateSecret: true)).Json.GetProperty("id").GetString()!;
        _api.Vault.Outage = Outages.Unavailable;
        Assert.Equal(HttpStatusCode.NoContent, (await _api.DeleteAsync(id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync(id)).Status);
        _api.Vault.Outage = null;
        Assert.Single(_api.Vault.Secrets);

        _api.Time.Advance(SecretPurge.OrphanedAfter);
        await _api.PurgeAsync();

        Assert.Empty(_api.Vault.Secrets);
    }

    [Fact]
    public async Task A_deletion_that_the_table_failed_leaves_all_as_it_was()
    {
        var id = (await CreateAsync(generateSecret: true)).Json.GetProperty("id").GetString()!;
        _api.Tables.Before = call => call == "delete" ? throw Outages.Unavailable() : Task.CompletedTask;
        await Assert.ThrowsAsync<RequestFailedException>(() => _api.DeleteAsync(id));
        Assert.Single(await _api.SigningAsync(id));
        _api.Tables.Before = _ => Task.CompletedTask;
        Assert.Equal(HttpStatusCode.NoContent, (await _api.DeleteAsync(id)).Status);
        Assert.Empty(_api.Vault.Secrets);
    }

    [Fact]
    public async Task A_subscription_comes_back_from_the_table_as_it_was()
    {
        var subscription = Some.Subscription(events: ["visitor.checked_in", "visitor.checked_out"]) with
        {
            Name = "CRM, Munich",
            Secret = new SecretReference("webhook-x", "v1"),
            EarlierSecrets =
            [
                new EarlierSecret(new SecretReference("webhook-w", "v2"), Some.Time.AddTicks(1)),
                new EarlierSecret(new SecretReference("webhook-v", "v3"), Some.Time.AddHours(-1)),
            ],
            Headers = new CustomHeaders(["X-Api-Key", "Authorization"], new SecretReference("webhook-h", "v4")),
            PausedAt = Some.Time,
        };
        await _api.Store.AddAsync(subscription, default);
        var found = (await _api.Store.FindAsync(Some.Tenant, Some.SubscriptionId, default))!;
        Assert.Equivalent(subscription with { Version = found.Version }, found, strict: true);
        Assert.Equal(subscription.EarlierSecrets, found.EarlierSecrets);
    }

    Task<HttpAnswer> CreateAsync(string? secret = null, bool generateSecret = false) =>
        _api.CreateAsync(new { url = "https://example.com/hook", events = AllEvents, secret, generateSecret });
}
