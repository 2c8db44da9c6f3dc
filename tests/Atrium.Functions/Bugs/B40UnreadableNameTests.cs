using System.Net;
using Atrium.Functions.Egress;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// A cell that names secrets and could not be read was taken as if it named none. A later version of the app that was
/// rolled back left such cells: the nightly purge then removed from the vault what the row still named. A change of
/// something else dropped the later version's columns as well.
/// </summary>
public sealed class B40UnreadableNameTests : IDisposable
{
    static readonly string[] All = ["*"];

    readonly SubscriptionApi _api = new();

    FakeTable Table => _api.Tables.Table(SubscriptionStore.TableName);

    public void Dispose() => _api.Dispose();

    public static TheoryData<string, object> Cells => new()
    {
        { "SecretName", 5 },
        { "SecretName", "" },
        { "SecretName", "a name/with more" },
        { "SecretName", "https://example.vault.azure.net/secrets/x" },
        { "EarlierSecrets", true },
        { "EarlierSecrets", "[]" },
        { "EarlierSecrets", "one/two" },
        { "EarlierSecrets", "a/b/not-a-number" },
        { "EarlierSecrets", "a/b/639000000000000000/more" },
        { "EarlierSecrets", "a_b/c/639000000000000000" },
        { "EarlierSecrets", "a/b/1 c/d/9223372036854775807" },
        { "HeadersName", 5 },
        { "HeadersName", "no?name" },
        { "HeaderNames", 5L },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task What_a_row_names_in_a_form_that_cannot_be_read_stays_in_the_vault(string column, object value)
    {
        var id = await SubscribeAsync();
        await SetAsync(id, column, value);

        _api.Time.Advance(TimeSpan.FromDays(30));
        var log = await PurgeAsync();

        Assert.Equal(3, _api.Vault.Secrets.Count);
        Assert.Contains($"subscription {id} of tenant acme", Assert.Single(log.Lines, line =>
            line.StartsWith("Left ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Another_change_leaves_the_cell_as_it_stands(string column, object value)
    {
        var id = await SubscribeAsync();
        await SetAsync(id, column, value);

        Assert.Equal(HttpStatusCode.OK, (await _api.PatchAsync(id, new { name = "changed" })).Status);

        Assert.Equal(value, Row(id)[column]);
        Assert.Equal("changed", Row(id)["Name"]);
        _api.Time.Advance(TimeSpan.FromDays(30));
        await PurgeAsync();
        Assert.Equal(3, _api.Vault.Secrets.Count);
    }

    [Fact]
    public async Task A_missing_or_foreign_version_of_a_named_secret_is_the_newest_and_the_secret_signs_and_stays()
    {
        var id = await SubscribeAsync();
        await SetAsync(id, "SecretVersion", 5);
        await SetAsync(id, "HeadersVersion", "x/y");

        _api.Time.Advance(TimeSpan.FromDays(30));
        await PurgeAsync();

        var stored = (await _api.Store.FindAsync(Some.Tenant, id, default))!;
        Assert.Equal(
            [stored.Secret!.Name, stored.Headers!.Values.Name],
            _api.Vault.Secrets.Keys.Select(key => key.Name).OrderBy(name => name != stored.Secret.Name));
        Assert.Equal(("", ""), (stored.Secret.Version, stored.Headers.Values.Version));
    }

    [Fact]
    public async Task A_rotation_with_an_overlap_keeps_what_signed_until_it_is_over()
    {
        var id = await SubscribeAsync();
        await SetAsync(id, "SecretName", 5);

        Assert.Equal(HttpStatusCode.OK, (await _api.RotateAsync(id, new { overlapHours = 48 })).Status);
        _api.Time.Advance(TimeSpan.FromHours(47));
        await PurgeAsync();
        Assert.Equal(4, _api.Vault.Secrets.Count);
        Assert.Single(await _api.SigningAsync(id));

        _api.Time.Advance(TimeSpan.FromHours(1));
        await PurgeAsync();
        Assert.Equal(2, _api.Vault.Secrets.Count);
    }

    [Fact]
    public async Task A_rotation_without_one_lets_them_go()
    {
        var id = await SubscribeAsync();
        await SetAsync(id, "EarlierSecrets", "of/another/form/yet");

        var rotated = await _api.RotateAsync(id, new { overlapHours = 0 });
        Assert.Equal(HttpStatusCode.OK, rotated.Status);
        Assert.Empty(rotated.Json.GetProperty("earlierSecretsSignUntil").EnumerateArray());

        _api.Time.Advance(TimeSpan.FromDays(2));
        await PurgeAsync();
        Assert.Equal(2, _api.Vault.Secrets.Count);
    }

    [Fact]
    public async Task An_earlier_secret_that_cannot_be_read_is_not_shown_and_not_asked_for()
    {
        var id = await SubscribeAsync();
        await SetAsync(id, "EarlierSecrets", 5);
        Assert.Empty((await _api.GetAsync(id)).Json.GetProperty("earlierSecretsSignUntil").EnumerateArray());
        Assert.Single(await _api.SigningAsync(id));
    }

    [Fact]
    public async Task A_later_versions_columns_outlive_every_change_and_what_is_cleared_is_gone()
    {
        var id = await SubscribeAsync();
        await SetAsync(id, "OfALaterVersion", "kept");

        await _api.PatchAsync(id, new { name = "changed" });
        await _api.RotateAsync(id, new { overlapHours = 1 });
        await _api.PatchAsync(id, new { name = (string?)null, headers = (object?)null });
        await _api.RemoveSecretAsync(id);
        await _api.ReplaceAsync(id, new { url = "https://example.com/other", events = All });

        var row = Row(id);
        Assert.Equal(
            ["CreatedAt", "Events", "OfALaterVersion", "Url", "Write"],
            row.Keys.Except(["PartitionKey", "RowKey", "Timestamp", "odata.etag"]).Order(StringComparer.Ordinal));
        Assert.Equal("kept", row["OfALaterVersion"]);
    }

    [Fact]
    public async Task Without_a_readable_URL_a_subscription_can_be_given_another()
    {
        var id = await SubscribeAsync();
        await SetAsync(id, "Url", 5);
        Assert.Equal(
            HttpStatusCode.BadRequest, (await _api.PatchAsync(id, new { url = "https://example.com/other" })).Status);
        var changed = await _api.PatchAsync(
            id, new { url = "https://example.com/other", headers = (object?)null });
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal("https://example.com/other", Row(id)["Url"]);
    }

    [Fact]
    public async Task A_cell_of_another_type_is_given_a_value_of_its_own()
    {
        var id = await SubscribeAsync();
        await SetAsync(id, "PausedAt", "tomorrow");
        var found = (await _api.Store.FindAsync(Some.Tenant, id, default))!;
        Assert.NotNull(await _api.Store.ReplaceAsync(found with { PausedAt = Some.Time }, default));
        Assert.Equal(Some.Time, (await _api.Store.FindAsync(Some.Tenant, id, default))!.PausedAt);
    }

    [Fact]
    public async Task Headers_whose_names_cannot_be_read_are_shown_to_no_other_host()
    {
        var id = await SubscribeAsync();
        await SetAsync(id, "HeaderNames", 5);
        Assert.Equal(
            HttpStatusCode.BadRequest, (await _api.PatchAsync(id, new { url = "https://other.example/" })).Status);
    }

    [Theory]
    [InlineData("SecretName", "")]
    [InlineData("SecretName", "no name")]
    [InlineData("EarlierSecrets", "no_name/v/639000000000000000")]
    [InlineData("HeaderNames", 5)]
    public async Task A_delivery_asks_the_vault_for_no_name_that_it_would_refuse(string column, object value)
    {
        await using var rig = await DeliveryRig.StartAsync();
        await rig.SubscribeAsync(Some.Subscription() with
        {
            Secret = new SecretReference("x", "v1"),
            Headers = new CustomHeaders(["X-Key"], new SecretReference("y", "v1")),
        });
        var row = rig.Tables.Table(SubscriptionStore.TableName);
        await row.UpdateEntityAsync(
            new TableEntity(Some.Tenant, Some.SubscriptionId) { [column] = value }, ETag.All, TableUpdateMode.Merge);

        await rig.RunAsync(Some.Delivery());

        Assert.Empty(rig.Receiver.Requests);
        Assert.Equal(1, rig.Scheduled().PutBack);
    }

    TableEntity Row(string id) => Table.Rows.Single(row => row.RowKey == id);

    Task<Response> SetAsync(string id, string column, object value) => Table.UpdateEntityAsync(
        new TableEntity(Some.Tenant, id) { [column] = value }, ETag.All, TableUpdateMode.Merge);

    // With a secret in force, one that still signs for a day, and headers.
    async Task<string> SubscribeAsync()
    {
        var made = await _api.CreateAsync(new
        {
            name = "first",
            url = "https://example.com/",
            events = All,
            generateSecret = true,
            headers = new Dictionary<string, string> { ["X-Key"] = "value" },
        });
        var id = made.Json.GetProperty("id").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await _api.RotateAsync(id, new { })).Status);
        Assert.Equal(3, _api.Vault.Secrets.Count);
        return id;
    }

    async Task<FakeLogger<SecretPurge>> PurgeAsync()
    {
        var log = new FakeLogger<SecretPurge>();
        var vault = Some.VaultOf(_api.Vault);
        await new SecretPurge(
            _api.Store,
            new SubscriptionChanges(
                _api.Store, vault, Options.Create(new EgressOptions()), _api.Time,
                NullLogger<SubscriptionChanges>.Instance),
            new SubscriptionAdmissions(_api.Tables, _api.Store, _api.Time),
            vault,
            _api.Time,
            log).RunAsync(default);
        return log;
    }
}
