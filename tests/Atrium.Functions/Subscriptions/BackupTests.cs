using System.Globalization;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Fakes.Contracts;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Subscriptions;

/// <summary>Backups on Azurite's tables and blobs.</summary>
[Collection(SharedAzurite.Name)]
public sealed class BackupTests(RunningAzurite azurite) : IAsyncLifetime
{
    const string Day = "2026-11-29";

    readonly FakeTimeProvider _time = new(DateTimeOffset.Parse($"{Day}T02:15:00Z", CultureInfo.InvariantCulture));
    readonly string _tenant = $"t-{Guid.NewGuid():N}";
    RunningBlobs _blobs = null!;
    BlobContainerClient _container = null!;

    TableClient Table => azurite.Client.GetTableClient(SubscriptionStore.TableName);

    public async Task InitializeAsync()
    {
        _blobs = await RunningBlobs.StartAsync(azurite);
        _container = _blobs.Container("backups");
        await _container.CreateAsync();
        await Table.CreateIfNotExistsAsync();
        await azurite.Client.GetTableClient(RestoreMark.TableName).CreateIfNotExistsAsync();
    }

    public async Task DisposeAsync() => await _blobs.DisposeAsync();

    [Fact]
    public async Task What_was_lost_comes_back_as_it_was_and_what_is_there_stays()
    {
        var store = Some.Store(azurite.Client);
        var full = new Subscription
        {
            Tenant = _tenant,
            Id = "sub_0123456789abcdef0123",
            Name = "Münchner \"Haus\"\n",
            Url = "https://example.com/hook?a=b",
            Events = ["visitor.checked_in"],
            Headers = new(["X-Api-Key"], new("webhook-h", "v2")),
            Secret = new("webhook-s", "v1"),
            EarlierSecrets = [new(new("webhook-r", "v1"), _time.GetUtcNow().AddHours(5))],
            CreatedAt = _time.GetUtcNow().AddDays(-3),
            PausedAt = _time.GetUtcNow().AddTicks(1),
            Failing = new(_time.GetUtcNow(), "msg:1"),
        };
        var other = full with { Id = "sub_fedcba98765432100123", Url = "https://example.com/other" };
        Assert.NotNull(await store.AddAsync(full, [], default));
        var kept = await store.AddAsync(other, [], default);
        await Table.AddEntityAsync(new TableEntity(_tenant, "key_1") { ["What"] = "an idempotency key" });

        await BackUpAsync();
        await Table.DeleteEntityAsync(_tenant, full.Id);
        var changed = await store.ReplaceAsync(kept! with { Url = "https://example.com/new" }, default);
        await Table.DeleteEntityAsync(_tenant, "key_1");

        // Other tests have subscriptions of their own in the table, so what was kept is at least this one.
        var restored = Assert.IsType<Ok<RestoredSubscriptions>>(await RestoreAsync(Day)).Value!;
        Assert.Equal(1, restored.Restored);
        Assert.InRange(restored.Kept, 1, int.MaxValue);
        var again = await store.ListAsync(_tenant, default);
        Assert.Equivalent(
            new[] { full, changed! }.Select(one => one with { Version = default }),
            again.Select(one => one with { Version = default }), strict: true);
        Assert.Equal(0, Assert.IsType<Ok<RestoredSubscriptions>>(await RestoreAsync(Day)).Value!.Restored);
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
        await _container.GetBlobClient($"{Day}.jsonl").UploadAsync(BinaryData.FromString(string.Join('\n', lines)));

        Assert.Equal(
            new RestoredSubscriptions(Restored: 2, Kept: 0, Unreadable: 12),
            Assert.IsType<Ok<RestoredSubscriptions>>(await RestoreAsync(Day)).Value);
        Assert.Equal(
            lost.Select(row => row.RowKey),
            await Table.QueryAsync<TableEntity>(row => row.PartitionKey == _tenant).Select(row => row.RowKey)
                .ToListAsync());

        static string Line(TableEntity row) => System.Text.Encoding.UTF8.GetString(BackupLine.Of(row)).TrimEnd();
    }

    // One after the other, with two calls for each that was there, so many took longer than Azure lets a call last, and
    // the next call had to begin anew.
    [Fact]
    public async Task A_restore_asks_for_no_row_that_is_there_and_adds_those_of_other_tenants_side_by_side()
    {
        var rows = Enumerable.Range(0, 5 + SubscriptionBackup.MaxAtOnce)
            .Select(number => new TableEntity($"{_tenant}-{number:d2}", $"sub_{number:x20}")).ToList();
        await _container.GetBlobClient($"{Day}.jsonl").UploadAsync(
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
            if (tables.Calls.Count(other => other == "transaction") == SubscriptionBackup.MaxAtOnce)
            {
                all.TrySetResult();
            }

            // None ends before all have begun.
            return call == "transaction" ? all.Task : Task.CompletedTask;
        };

        Assert.Equal(
            new RestoredSubscriptions(SubscriptionBackup.MaxAtOnce, Kept: 5, Unreadable: 0),
            await RestoreAsync(tables));
        Assert.Equal(SubscriptionBackup.MaxAtOnce, tables.Calls.Count(call => call == "transaction"));
        Assert.DoesNotContain("add", tables.Calls);
        // Whether there is a mark.
        Assert.Single(tables.Calls, call => call == "get");
        Assert.Equal(rows.Select(row => row.RowKey), table.Rows.Select(row => row.RowKey));
    }

    // Events and deliveries go on meanwhile: what they do not find would end.
    [Fact]
    public async Task While_a_lost_table_is_restored_no_subscription_counts_as_deleted_and_no_tenant_has_a_part()
    {
        var tables = await LostAsync();
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

        Assert.Equal(new RestoredSubscriptions(Restored: 4, Kept: 0, Unreadable: 0), await RestoreAsync(tables));

        Assert.Equal([2], seen);
        Assert.Equal(2, (await store.ListAsync("t-a", default)).Count);
        Assert.Equal(2, (await store.ListAsync("t-b", default)).Count);
        Assert.Empty(await store.ListAsync("t-c", default));
        Assert.Null(await store.FindAsync("t-b", $"sub_{9:x20}", default));
    }

    [Fact]
    public async Task A_restore_that_was_cut_off_leaves_the_rest_unknown_until_it_is_sent_again()
    {
        var tables = await LostAsync();
        var store = Some.Store(tables);
        tables.Before = call =>
        {
            // The first is the mark's.
            tables.Outage = call == "transaction" && tables.Calls.Count(other => other == call) > 1
                ? Outages.Unavailable
                : null;
            return Task.CompletedTask;
        };

        await Assert.ThrowsAsync<RequestFailedException>(() => RestoreAsync(tables));
        (tables.Before, tables.Outage) = (_ => Task.CompletedTask, null);
        await Assert.ThrowsAsync<RequestFailedException>(() => store.ListAsync("t-b", default));

        Assert.Equal(new RestoredSubscriptions(Restored: 4, Kept: 0, Unreadable: 0), await RestoreAsync(tables));
        Assert.Equal(2, (await store.ListAsync("t-b", default)).Count);
        Assert.Empty(await store.ListAsync("t-c", default));
    }

    [Fact]
    public async Task A_lost_table_is_made_again_once_nobody_takes_its_being_whole_for_granted()
    {
        var tables = await LostAsync();
        var time = new SteppedTime(_time.GetUtcNow());
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
        var restoring = BackupOf(tables, time)
            .RestoreAsync(DateOnly.Parse(Day, CultureInfo.InvariantCulture), default);
        // Whatever keeps it from waiting is told.
        await await Task.WhenAny(restoring, time.SkipAsync());

        Assert.Equal(4, (await restoring)!.Restored);
        Assert.Contains("create", tables.Calls);
        Assert.True(await another.ThrowIfSetAsync(default));
    }

    // There is one a day: it would be taken for whole.
    [Fact]
    public async Task Of_a_table_that_is_being_restored_no_backup_is_made()
    {
        var tables = await LostAsync();
        await tables.Table(SubscriptionStore.TableName).CreateIfNotExistsAsync();
        var time = new SteppedTime(_time.GetUtcNow()) { PassesAtOnce = _ => true };
        await new RestoreMark(tables, time).SetAsync(default);
        _time.Advance(TimeSpan.FromDays(1));

        await Assert.ThrowsAsync<RequestFailedException>(() => BackupOf(tables, time).RunAsync(default));

        Assert.Single(await _container.GetBlobsAsync().ToListAsync());
    }

    [Fact]
    public async Task What_comes_back_between_two_looks_is_found()
    {
        var tables = await LostAsync();
        await tables.Table(SubscriptionStore.TableName).CreateIfNotExistsAsync();
        var store = Some.Store(tables);
        await new RestoreMark(tables, new SteppedTime(_time.GetUtcNow()) { PassesAtOnce = _ => true })
            .SetAsync(default);
        tables.Calls.Clear();
        tables.Before = async call =>
        {
            // The second is of the mark.
            if (call == "get" && tables.Calls.Count(other => other == call) == 2)
            {
                tables.Before = _ => Task.CompletedTask;
                await RestoreAsync(tables);
            }
        };

        Assert.NotNull(await store.FindAsync("t-b", $"sub_{3:x20}", default));
    }

    [Fact]
    public async Task There_is_one_backup_a_day_and_a_later_run_leaves_it()
    {
        await BackUpAsync();
        var first = (await _container.GetBlobClient($"{Day}.jsonl").GetPropertiesAsync()).Value.ETag;
        await BackUpAsync();
        Assert.Equal(first, (await _container.GetBlobClient($"{Day}.jsonl").GetPropertiesAsync()).Value.ETag);
        _time.Advance(TimeSpan.FromDays(1));
        await BackUpAsync();
        Assert.Equal(
            [$"{Day}.jsonl", "2026-11-30.jsonl"],
            await _container.GetBlobsAsync().Select(blob => blob.Name).ToListAsync());
    }

    // Nobody else reports it: a timer's work that an outage ended ends quietly.
    [Fact]
    public async Task A_backup_that_is_refused_is_logged_as_an_outage()
    {
        var log = new PrintedLog();
        var readable = _container.GenerateSasUri(
            BlobContainerSasPermissions.Read, new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
                [new(AzureClients.BackupUri, readable.ToString())]).Build())
            .AddSingleton(log.Outages()).AddAzureClients().BuildServiceProvider();
        var refused = services.GetRequiredService<BackupContainer>();

        await Assert.ThrowsAsync<RequestFailedException>(
            () => refused.Blobs!.GetBlobClient("a").UploadAsync(BinaryData.FromString("b")));
        Assert.StartsWith("Blob Storage fails: 403 ", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-28")]
    [InlineData("yesterday")]
    [InlineData("../2026-11-29")]
    public async Task A_day_of_which_there_is_none_is_told(string day) =>
        Assert.Equal(404, Assert.IsType<ProblemHttpResult>(await RestoreAsync(day)).StatusCode);

    [Fact]
    public async Task Without_a_container_nothing_is_kept_and_a_restore_says_what_to_set()
    {
        _container = null!;
        await BackUpAsync();
        Assert.Contains(
            "Backup__containerUri",
            Assert.IsType<ProblemHttpResult>(await RestoreAsync(Day)).ProblemDetails.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void A_cell_of_each_type_is_read_as_it_was_written(object value)
    {
        var row = BackupLine.TryRow(System.Text.Encoding.UTF8.GetString(
            BackupLine.Of(new TableEntity("p", "r") { ["Cell"] = value, ["Write"] = "mark" })))!;
        Assert.Equal(("p", "r"), (row.PartitionKey, row.RowKey));
        Assert.Equal(value, row["Cell"]);
        Assert.False(row.ContainsKey("Write"));
    }

    public static TheoryData<object> Values() =>
        ["", "ü\u0001\"", true, int.MinValue, long.MaxValue, 0.1, double.NaN, Guid.Parse(new string('a', 32)),
            DateTimeOffset.UnixEpoch.AddTicks(7), new byte[] { 0, 255 }];

    // Two tenants have two each in the backup, and the table is gone.
    async Task<FakeTables> LostAsync()
    {
        var rows = Enumerable.Range(1, 4)
            .Select(number => new TableEntity(number < 3 ? "t-a" : "t-b", $"sub_{number:x20}"));
        await _container.GetBlobClient($"{Day}.jsonl").UploadAsync(
            BinaryData.FromBytes(rows.SelectMany(BackupLine.Of).ToArray()));
        var tables = new FakeTables();
        tables.Table(SubscriptionStore.TableName).Drop();
        return tables;
    }

    Task<RestoredSubscriptions?> RestoreAsync(FakeTables tables) =>
        BackupOf(tables, new SteppedTime(_time.GetUtcNow()) { PassesAtOnce = _ => true })
            .RestoreAsync(DateOnly.Parse(Day, CultureInfo.InvariantCulture), default);

    SubscriptionBackup BackupOf(TableServiceClient tables, TimeProvider time) => new(
        tables, new(_container), new RestoreMark(tables, time), _time, NullLogger<SubscriptionBackup>.Instance);

    SubscriptionBackup Backup => BackupOf(azurite.Client, _time);

    Task BackUpAsync() => Backup.RunAsync(default);

    Task<IResult> RestoreAsync(string day) =>
        new RestoreSubscriptionsFunction(Backup).RunAsync(new DefaultHttpContext().Request, day, default);
}
