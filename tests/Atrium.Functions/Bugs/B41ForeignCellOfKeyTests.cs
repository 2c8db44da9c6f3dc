using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure.Data.Tables;
using static Atrium.Functions.Tests.Bugs.ForeignCells;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// One cell of an <c>Idempotency-Key</c> that was missing, or held another type, ended the purge of all keys.
/// </summary>
public sealed class B41ForeignCellOfKeyTests
{
    static readonly string[] All = ["*"];

    [Theory]
    [InlineData("EventId")]
    [InlineData("UsedAt")]
    [InlineData("SentId")]
    public async Task An_event_under_a_key_whose_row_cannot_be_read_is_sent(string column)
    {
        foreach (var value in Foreign.Where(value => column == "UsedAt" ? value is not DateTimeOffset
            : value is not string || Equals(value, Missing)))
        {
            await using var rig = new AppRig();
            var keys = rig.Get<EventKeys>();
            var sent = 0;
            Assert.True(await SendAsync("evt_1"));
            var table = rig.Tables.Table(EventKeys.Weeks.Name(Some.Time));
            await PutAsync(table, Assert.Single(table.Rows), column, value);

            Assert.True(await SendAsync("evt_1"));
            Assert.Equal(2, sent);
            Assert.False(await SendAsync("evt_2"));

            Task<bool> SendAsync(string eventId) => keys.TrySendAsync(
                Some.Tenant,
                "k",
                eventId,
                () =>
                {
                    sent++;
                    return Task.CompletedTask;
                },
                default);
        }
    }

    [Theory]
    [InlineData("SubscriptionId")]
    [InlineData("Fingerprint")]
    [InlineData("CreatedAt")]
    public async Task A_subscriptions_key_whose_row_cannot_be_read_is_free_and_keeps_no_other_from_being_purged(
        string column)
    {
        foreach (var value in Foreign.Where(value => column == "CreatedAt" ? value is not DateTimeOffset
            : value is not string || Equals(value, Missing)))
        {
            var (tables, time) = (new FakeTables(), new SteppedTime(Some.Time));
            var store = Some.Store(tables);
            var admissions = new SubscriptionAdmissions(tables, store, time);
            var (key, another) = (new CreationKey("key_1", "one"), new CreationKey("key_2", "two"));
            await AddAsync(key, "sub_00000000000000000001");
            await AddAsync(another, "sub_00000000000000000002");
            var table = tables.Table(SubscriptionStore.TableName);
            await PutAsync(table, table.Rows.Single(row => row.RowKey == key.Row), column, value);

            await AddAsync(key, "sub_00000000000000000003");
            await PutAsync(table, table.Rows.Single(row => row.RowKey == key.Row), column, value);
            time.Advance(IdempotencyKey.KeptFor);
            var failures = new FailureCollector(default);
            await admissions.PurgeKeysAsync(failures, default);
            failures.Complete();

            Assert.DoesNotContain(table.Rows, row => row.RowKey == another.Row);

            async Task AddAsync(CreationKey by, string id)
            {
                var open = Assert.IsType<Admission.Open>(await admissions.AskAsync(Some.Tenant, by, default));
                Assert.NotNull(await admissions.AddAsync(Some.Subscription(id), by, open, default));
            }
        }
    }

    [Fact]
    public async Task A_key_of_the_last_day_that_there_is_keeps_no_other_from_being_purged()
    {
        using var api = new SubscriptionApi();
        await api.CreateAsync(new { url = "https://example.com/", events = All }, key: "k");
        var table = api.Tables.Table(SubscriptionStore.TableName);
        await table.AddEntityAsync(
            new TableEntity(Some.Tenant, $"{CreationKey.Prefix}a") { ["CreatedAt"] = DateTimeOffset.MaxValue });
        api.Time.Advance(IdempotencyKey.KeptFor);

        await api.PurgeAsync();

        Assert.Equal(
            $"{CreationKey.Prefix}a",
            Assert.Single(table.Rows, row => row.RowKey.StartsWith(CreationKey.Prefix, StringComparison.Ordinal))
                .RowKey);
    }

    [Theory]
    [InlineData("FirstSecret")]
    [InlineData("FirstHeaders")]
    public async Task A_repeated_request_whose_secrets_cannot_be_named_is_answered_as_the_first(string column)
    {
        foreach (var value in Foreign.Append("no name/v"))
        {
            using var api = new SubscriptionApi();
            var wanted = new
            {
                url = "https://example.com/",
                events = All,
                secret = Some.Secret.Reveal(),
                headers = new Dictionary<string, string> { ["X-Key"] = "value" },
            };
            var first = await api.CreateAsync(wanted, key: "k");
            var table = api.Tables.Table(SubscriptionStore.TableName);
            await PutAsync(
                table,
                table.Rows.Single(row => row.RowKey.StartsWith(CreationKey.Prefix, StringComparison.Ordinal)),
                column, value);

            var again = await api.CreateAsync(wanted, key: "k");

            Assert.Equal(first.Json.GetProperty("id").GetString(), again.Json.GetProperty("id").GetString());
        }
    }
}
