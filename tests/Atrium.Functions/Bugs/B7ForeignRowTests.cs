using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Contract;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// After a roll-back, an outcome that only the later version knew made every message of its delivery fail ten times;
/// and one cell of a subscription that could not be read kept the events of its whole tenant from being fanned out.
/// </summary>
public sealed class B7ForeignRowTests
{
    public static TheoryData<string, object> Cells => new()
    {
        { "EarlierSecrets", "one/two" },
        { "EarlierSecrets", "a/b/not-a-number" },
        { "EarlierSecrets", "a/b/99999999999999999999 c/d/9223372036854775807" },
        { "EarlierSecrets", 5 },
        { "Events", 5 },
        { "Url", 5 },
        { "Url", "no url" },
        { "CreatedAt", "yesterday" },
        { "PausedAt", "tomorrow" },
        { "Name", true },
        { "HeaderNames", 5 },
        { "HeadersName", 5 },
        { "HeadersVersion", 5 },
        { "FailingSince", "yesterday" },
        { "FailingBy", 5 },
        { "SecretName", 5 },
        { "SecretVersion", 5 },
        { "SecretCreatedAt", "yesterday" },
    };

    static Subscription Full => Some.Subscription() with
    {
        PausedAt = Some.Time,
        Failing = new Failing(Some.Time, "msg:1"),
        Secret = new SecretReference("x", "v1"),
        SecretCreatedAt = Some.Time,
        EarlierSecrets = [new(new SecretReference("w", "v1"), Some.Time)],
        Headers = new CustomHeaders(["X-Key"], new SecretReference("y", "v1")),
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task A_cell_that_cannot_be_read_keeps_none_of_the_tenants_subscriptions(string column, object value)
    {
        var tables = new FakeTables();
        var store = Some.Store(tables);
        await store.AddAsync(Some.Subscription("sub_00000000000000000002"), [], default);
        await AddAsync(tables, Full, column, value);

        var all = await store.ListAsync(Some.Tenant, default);

        Assert.Equal(2, all.Count);
        Assert.All(all, subscription => Assert.True(subscription.Takes(EventSelection.CheckedIn)));
    }

    [Fact]
    public async Task Without_its_URL_its_attempts_fail_and_say_so()
    {
        await using var rig = await DeliveryRig.StartAsync();
        await rig.UnsubscribeAsync();
        await AddAsync(rig.Tables, Some.Subscription(), "Url", 5);

        await rig.RunAsync(Some.Delivery());

        var attempt = Assert.Single(await rig.AttemptsAsync());
        Assert.Equal((AttemptOutcome.Retrying, "blocked"), (attempt.Outcome, attempt.ErrorClass));
    }

    [Fact]
    public async Task A_secret_that_cannot_be_read_is_waited_for_and_nothing_goes_out_unsigned()
    {
        await using var rig = await DeliveryRig.StartAsync();
        await rig.UnsubscribeAsync();
        await AddAsync(
            rig.Tables, Some.Subscription() with { Secret = new SecretReference("x", "v1"), Url = rig.Receiver.Url },
            "SecretName", 5);

        await rig.RunAsync(Some.Delivery());

        Assert.Empty(rig.Receiver.Requests);
        Assert.Equal(1, rig.Scheduled().PutBack);
    }

    [Theory]
    [InlineData("Postponed")]
    [InlineData("")]
    [InlineData("99")]
    public async Task An_outcome_of_a_later_version_is_settled_by_what_it_says_of_the_next_attempt(string outcome)
    {
        await using var rig = await DeliveryRig.StartAsync();
        var due = Some.Time.AddMinutes(7);
        await RecordAsync(rig, Some.Record(attempt: 2) with { NextAttemptAt = due }, outcome);

        await rig.RunAsync(Some.Delivery() with { Attempt = 2 });

        Assert.Empty(rig.Receiver.Requests);
        Assert.Equal((3, due), (rig.Scheduled().Attempt, rig.Scheduled().DueAt));
    }

    [Fact]
    public void A_cause_of_a_later_version_is_shown_as_it_is_and_a_row_without_one_is_read()
    {
        var row = AttemptEntity.ToEntity(Some.Record() with { ErrorClass = "tls", Cause = "certificate_revoked" }, "r");

        Assert.Equal("certificate_revoked", AttemptView.Of(AttemptEntity.ToRecord(row)).Cause);
        row["Cause"] = 5;
        Assert.Equal(("tls", null), (AttemptEntity.ToRecord(row).ErrorClass, AttemptEntity.ToRecord(row).Cause));
        row.Remove("Cause");
        Assert.Equal(("tls", null), (AttemptEntity.ToRecord(row).ErrorClass, AttemptEntity.ToRecord(row).Cause));
    }

    [Fact]
    public async Task Where_it_says_nothing_of_one_the_delivery_is_dead_lettered_and_can_be_replayed()
    {
        await using var rig = await DeliveryRig.StartAsync();
        await RecordAsync(rig, Some.Record(attempt: 2) with { NextAttemptAt = null }, "Postponed");

        await rig.RunAsync(Some.Delivery() with { Attempt = 2 });

        var (_, reason, description) = Assert.Single(rig.Actions.DeadLettered);
        Assert.Equal("InvalidDelivery", reason);
        Assert.Contains("later version", description, StringComparison.Ordinal);
        Assert.Equal(AttemptOutcome.Unknown, Assert.Single(await rig.AttemptsAsync()).Outcome);
    }

    static Task RecordAsync(DeliveryRig rig, AttemptRecord record, string outcome)
    {
        var row = AttemptEntity.ToEntity(
            record, AttemptTable.AttemptRow(record.DeliveryId, record.Run, record.Attempt));
        row["Outcome"] = outcome;
        return AddAsync(rig.Tables.Table(AttemptTable.Name(record.RunStartedAt)), row);
    }

    static Task AddAsync(FakeTables tables, Subscription subscription, string column, object value)
    {
        var row = SubscriptionEntity.ToEntity(subscription);
        row[column] = value;
        return AddAsync(tables.Table(SubscriptionStore.TableName), row);
    }

    static async Task AddAsync(FakeTable table, TableEntity row)
    {
        await table.CreateIfNotExistsAsync();
        await table.AddEntityAsync(row);
    }
}
