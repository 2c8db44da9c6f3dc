using System.Net;
using Atrium.Functions.Portal;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Fakes.Contracts;
using Atrium.Functions.Tests.Portal;
using Azure;
using Azure.Data.Tables;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.Subscriptions;

/// <summary>Restores on Azurite's tables and blobs.</summary>
[Collection(SharedAzurite.Name)]
public sealed class RestoreTests(RunningAzurite azurite) : IAsyncLifetime
{
    readonly string _tenant = $"t-{Guid.NewGuid():N}";
    BackupRig _rig = null!;

    public async Task InitializeAsync() => _rig = await BackupRig.StartAsync(azurite);

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task What_was_lost_comes_back_as_it_was_and_what_is_there_stays()
    {
        var store = Some.Store(_rig.Tables);
        var full = new Subscription
        {
            Tenant = _tenant,
            Id = "sub_0123456789abcdef0123",
            Name = "Münchner \"Haus\"\n",
            Url = "https://example.com/hook?a=b",
            Events = ["visitor.checked_in"],
            Headers = new(["X-Api-Key"], new("webhook-h", "v2")),
            Secret = new("webhook-s", "v1"),
            EarlierSecrets = [new(new("webhook-r", "v1"), _rig.Time.GetUtcNow().AddHours(5))],
            CreatedAt = _rig.Time.GetUtcNow().AddDays(-3),
            PausedAt = _rig.Time.GetUtcNow().AddTicks(1),
            Failing = new(_rig.Time.GetUtcNow(), "msg:1"),
        };
        var other = full with { Id = "sub_fedcba98765432100123", Url = "https://example.com/other" };
        Assert.NotNull(await store.AddAsync(full, [], default));
        var kept = await store.AddAsync(other, [], default);
        await _rig.Table.AddEntityAsync(new TableEntity(_tenant, "key_1") { ["What"] = "an idempotency key" });

        await _rig.BackUpAsync();
        await _rig.Table.DeleteEntityAsync(_tenant, full.Id);
        var changed = await store.ReplaceAsync(kept! with { Url = "https://example.com/new" }, default);
        await _rig.Table.DeleteEntityAsync(_tenant, "key_1");

        // Other tests have subscriptions of their own in the table, so what was kept is at least this one.
        var restored = Assert.IsType<Ok<RestoredSubscriptions>>(await RestoreAsync(BackupRig.Day)).Value!;
        Assert.Equal(1, restored.Restored);
        Assert.InRange(restored.Kept, 1, int.MaxValue);
        var again = await store.ListAsync(_tenant, default);
        Assert.Equivalent(
            new[] { full, changed! }.Select(one => one with { Version = default }),
            again.Select(one => one with { Version = default }), strict: true);
        Assert.Equal(0, Assert.IsType<Ok<RestoredSubscriptions>>(await RestoreAsync(BackupRig.Day)).Value!.Restored);
    }

    [Fact]
    public async Task A_line_that_cannot_be_read_is_left_out_and_all_others_come_back()
    {
        List<TableEntity> lost = [new(_tenant, "sub_0123456789abcdef0123"), new(_tenant, "sub_fedcba98765432100123")];
        string[] lines =
        [
            """{"PartitionKey":["Edm.Str""",
            Line(lost[0]),
            "",
            "null",
            "[]",
            """{"PartitionKey":["Edm.String","t"],"RowKey":["Edm.String",null]}""",
            """{"PartitionKey":["Edm.String","t"]}""",
            """{"PartitionKey":["Edm.String"],"RowKey":"sub_1"}""",
            """{"PartitionKey":["Edm.Int32","1"],"RowKey":["Edm.String","sub_1"]}""",
            """{"PartitionKey":["Edm.String","t"],"RowKey":["Edm.String","sub_1"],"At":["Edm.DateTime","soon"]}""",
            """{"PartitionKey":["Edm.String","t"],"RowKey":["Edm.String","s"],"Count":["Edm.Int32","9999999999"]}""",
            """{"PartitionKey":["Edm.String","t"],"RowKey":["Edm.String","sub_1"],"On":["Edm.Boolean",null]}""",
            """{"PartitionKey":["Edm.String","t"],"RowKey":["Edm.String","sub_1"],"Id":["Edm.Later","x"]}""",
            Line(lost[1]),
        ];
        await _rig.Blob.UploadAsync(BinaryData.FromString(string.Join('\n', lines)));

        Assert.Equal(
            new RestoredSubscriptions(Restored: 2, Kept: 0, Unreadable: 12),
            Assert.IsType<Ok<RestoredSubscriptions>>(await RestoreAsync(BackupRig.Day)).Value);
        Assert.Equal(
            lost.Select(row => row.RowKey),
            await _rig.Table.QueryAsync<TableEntity>(row => row.PartitionKey == _tenant).Select(row => row.RowKey)
                .ToListAsync());

        static string Line(TableEntity row) => System.Text.Encoding.UTF8.GetString(BackupLine.Of(row)).TrimEnd();
    }

    // One after the other, with two calls for each that was there, so many took longer than Azure lets a call last, and
    // the next call had to begin anew.
    [Fact]
    public async Task A_restore_asks_for_no_row_that_is_there_and_adds_those_of_other_tenants_side_by_side()
    {
        // Its table is not there at first.
        const int OfMark = 2;
        var rows = Enumerable.Range(0, 5 + SubscriptionRestore.MaxAtOnce)
            .Select(number => new TableEntity($"{_tenant}-{number:d2}", $"sub_{number:x20}")).ToList();
        await _rig.Blob.UploadAsync(
            BinaryData.FromBytes(rows.SelectMany(BackupLine.Of).ToArray()));
        var tables = new FakeTables();
        var table = tables.Table(SubscriptionStore.TableName);
        await table.CreateIfNotExistsAsync();
        foreach (var row in rows.Take(5))
        {
            await table.AddEntityAsync(row);
        }

        tables.Calls.Clear();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        tables.Before = call =>
        {
            if (tables.Calls.Count(other => other == "transaction") == OfMark + SubscriptionRestore.MaxAtOnce)
            {
                all.TrySetResult();
            }

            // Once there is the mark, none ends before all have begun.
            return call == "transaction" && tables.Calls.Count(other => other == "transaction") > OfMark
                ? all.Task
                : Task.CompletedTask;
        };

        Assert.Equal(
            new RestoredSubscriptions(SubscriptionRestore.MaxAtOnce, Kept: 5, Unreadable: 0),
            await _rig.RestoreAsync(tables));
        // And the mark's at the end.
        Assert.Equal(OfMark + SubscriptionRestore.MaxAtOnce + 1, tables.Calls.Count(call => call == "transaction"));
        Assert.DoesNotContain("add", tables.Calls);
        // Whether there is a mark, at the beginning and at the end.
        Assert.Equal(2, tables.Calls.Count(call => call == "get"));
        Assert.Equal(rows.Select(row => row.RowKey), table.Rows.Select(row => row.RowKey));
    }

    // Events and deliveries go on meanwhile: what they do not find would end.
    [Fact]
    public async Task While_a_lost_table_is_restored_no_subscription_counts_as_deleted_and_no_tenant_has_a_part()
    {
        var tables = await _rig.LostAsync();
        var store = Some.Store(tables);
        var writes = 0;
        List<int> seen = [];
        tables.Before = async call =>
        {
            // After the mark and one tenant's, whichever comes first.
            if (call is "transaction" or "add" && Interlocked.Increment(ref writes) == 3)
            {
                while (tables.Table(SubscriptionStore.TableName).Rows.Count == 0)
                {
                    await Task.Yield();
                }

                await Assert.ThrowsAsync<RequestFailedException>(() => store.FindAsync("t-b", $"sub_{9:x20}", default));
                await Assert.ThrowsAsync<RequestFailedException>(() => store.ListAsync("t-c", default));
                foreach (var tenant in new[] { "t-a", "t-b" })
                {
                    try
                    {
                        seen.Add((await store.ListAsync(tenant, default)).Count);
                    }
                    catch (RequestFailedException e)
                    {
                        Assert.True(Outage.Passes(e, default));
                    }
                }
            }
        };

        Assert.Equal(new RestoredSubscriptions(Restored: 4, Kept: 0, Unreadable: 0), await _rig.RestoreAsync(tables));

        Assert.Equal([2], seen);
        Assert.Equal(2, (await store.ListAsync("t-a", default)).Count);
        Assert.Equal(2, (await store.ListAsync("t-b", default)).Count);
        Assert.Empty(await store.ListAsync("t-c", default));
        Assert.Null(await store.FindAsync("t-b", $"sub_{9:x20}", default));
    }

    [Fact]
    public async Task A_restore_that_was_cut_off_leaves_the_rest_unknown_until_it_is_sent_again()
    {
        var tables = await _rig.LostAsync();
        var store = Some.Store(tables);
        tables.Before = call =>
        {
            // The first is the mark's.
            tables.Outage = call == "transaction" && tables.Calls.Count(other => other == call) > 1
                ? Outages.Unavailable
                : null;
            return Task.CompletedTask;
        };

        await Assert.ThrowsAsync<RequestFailedException>(() => _rig.RestoreAsync(tables));
        (tables.Before, tables.Outage) = (_ => Task.CompletedTask, null);
        await Assert.ThrowsAsync<RequestFailedException>(() => store.ListAsync("t-b", default));

        Assert.Equal(new RestoredSubscriptions(Restored: 4, Kept: 0, Unreadable: 0), await _rig.RestoreAsync(tables));
        Assert.Equal(2, (await store.ListAsync("t-b", default)).Count);
        Assert.Empty(await store.ListAsync("t-c", default));
    }

    [Fact]
    public async Task A_lost_table_is_made_again_once_nobody_takes_its_being_whole_for_granted()
    {
        var tables = await _rig.LostAsync();
        var time = new SteppedTime(_rig.Time.GetUtcNow());
        var another = new RestoreMark(tables, time);
        await another.ThrowIfSetAsync(default);
        tables.Before = async call =>
        {
            // The mark's own table is the first.
            if (call == "create" && tables.Created.Contains(RestoreMark.TableName))
            {
                await Assert.ThrowsAsync<RequestFailedException>(() => another.ThrowIfSetAsync(default));
            }
        };
        var restoring = _rig.RestoreOf(tables, time).RunAsync(BackupRig.Date, default);
        // Whatever keeps it from waiting is told.
        await await Task.WhenAny(restoring, time.SkipAsync());

        Assert.Equal(4, (await restoring)!.Restored);
        Assert.Contains("create", tables.Calls);
        Assert.True(await another.ThrowIfSetAsync(default));
    }

    [Fact]
    public async Task What_comes_back_between_two_looks_is_found()
    {
        var tables = await _rig.LostAsync();
        await tables.Table(SubscriptionStore.TableName).CreateIfNotExistsAsync();
        var store = Some.Store(tables);
        await new RestoreMark(tables, new SteppedTime(_rig.Time.GetUtcNow()) { PassesAtOnce = _ => true })
            .SetAsync(default);
        tables.Calls.Clear();
        tables.Before = async call =>
        {
            // The second is of the mark.
            if (call == "get" && tables.Calls.Count(other => other == call) == 2)
            {
                tables.Before = _ => Task.CompletedTask;
                await _rig.RestoreAsync(tables);
            }
        };

        Assert.NotNull(await store.FindAsync("t-b", $"sub_{3:x20}", default));
    }

    // A backup has no row of those that ended all sessions.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_session_that_was_ended_is_back_after_a_restore(bool wasMadeAgain)
    {
        using var portal = new PortalApi();
        var (tables, time) = (portal.Rig.Tables, portal.Rig.Time);
        await _rig.LostAsync();
        await tables.Table(SubscriptionStore.TableName).CreateIfNotExistsAsync();
        var token = await portal.TokenAsync();
        await portal.ExpireAllAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token));
        tables.Table(SubscriptionStore.TableName).Drop();
        if (wasMadeAgain)
        {
            await tables.Table(SubscriptionStore.TableName).CreateIfNotExistsAsync();
        }

        var restoring = _rig.RestoreOf(tables, time).RunAsync(BackupRig.Date, default);
        await time.SkipAllAsync(restoring);
        Assert.Equal(4, (await restoring)!.Restored);
        time.Advance(PortalExpiry.KeptFor);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token));
        token = await portal.TokenAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token));
        // It brings nothing.
        Assert.Equal(0, (await _rig.RestoreOf(tables, time).RunAsync(BackupRig.Date, default))!.Restored);
        time.Advance(PortalExpiry.KeptFor);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token));

        async Task<HttpStatusCode> StatusAsync(string by) => (await portal.CallAsync("GET", "session", by)).Status;
    }

    [Fact]
    public async Task No_session_that_was_ended_is_back_after_a_restore_that_was_cut_off_and_sent_again()
    {
        using var portal = new PortalApi();
        var (tables, time) = (portal.Rig.Tables, portal.Rig.Time);
        await _rig.LostAsync();
        await tables.Table(SubscriptionStore.TableName).CreateIfNotExistsAsync();
        var token = await portal.TokenAsync();
        await portal.ExpireAllAsync();
        tables.Table(SubscriptionStore.TableName).Drop();
        await tables.Table(SubscriptionStore.TableName).CreateIfNotExistsAsync();
        // Whether there is a mark is asked last when all rows are there.
        tables.Before = call =>
            call == "get" && tables.Table(SubscriptionStore.TableName).Rows.Count == 4
                ? Task.FromException(Outages.Unavailable())
                : Task.CompletedTask;

        await Assert.ThrowsAsync<RequestFailedException>(
            () => _rig.RestoreOf(tables, time).RunAsync(BackupRig.Date, default));
        tables.Before = _ => Task.CompletedTask;
        Assert.Equal(0, (await _rig.RestoreOf(tables, time).RunAsync(BackupRig.Date, default))!.Restored);
        time.Advance(PortalExpiry.KeptFor);

        Assert.Equal(HttpStatusCode.Unauthorized, (await portal.CallAsync("GET", "session", token)).Status);
    }

    [Theory]
    [InlineData("2026-11-28")]
    [InlineData("yesterday")]
    [InlineData("../2026-11-29")]
    public async Task A_day_of_which_there_is_none_is_told(string day) =>
        Assert.Equal(404, Assert.IsType<ProblemHttpResult>(await RestoreAsync(day)).StatusCode);

    [Fact]
    public async Task Without_a_container_it_says_what_to_set()
    {
        var restore = new SubscriptionRestore(
            _rig.Tables, new(null), new RestoreMark(_rig.Tables, _rig.Time), NullLogger<SubscriptionBackup>.Instance);

        Assert.Contains(
            "Backup__containerUri",
            Assert.IsType<ProblemHttpResult>(await RestoreAsync(restore, BackupRig.Day)).ProblemDetails.Detail,
            StringComparison.Ordinal);
    }

    Task<IResult> RestoreAsync(string day) => RestoreAsync(_rig.RestoreOf(_rig.Tables, _rig.Time), day);

    static Task<IResult> RestoreAsync(SubscriptionRestore restore, string day) =>
        new RestoreSubscriptionsFunction(restore).RunAsync(new DefaultHttpContext().Request, day, default);
}
