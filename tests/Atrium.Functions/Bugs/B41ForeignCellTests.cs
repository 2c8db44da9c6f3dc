using System.Net;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Storage;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.AttemptHistory;
using Atrium.Functions.Tests.Deliveries;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Jobs;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// One cell of an attempt that was missing, or held another type, made its delivery fail ten times and the
/// subscription's list answer 500. One such cell of a job, or of the mark by which it is found, ended the watch of all
/// tenants' jobs, and one of an <c>Idempotency-Key</c> the purge of all keys.
/// </summary>
public sealed class B41ForeignCellTests
{
    const string Missing = "missing";

    static readonly string[] All = ["*"];

    static readonly object[] Foreign = [Missing, "text", "99", 5, 5L, 1.5, true, Some.Time, Guid.Empty];

    public static TheoryData<string> AttemptColumns => [.. ColumnsOf(
        AttemptEntity.ToEntity(LongestRecord.Make(), "row"))];

    public static TheoryData<string> JobColumns => [.. ColumnsOf(JobEntity.ToEntity(Full))];

    static Job Full => new()
    {
        Tenant = Some.Tenant,
        Id = "job_00000000000000000000000000000001",
        Kind = JobKind.Replay,
        Source = JobSource.Parked,
        Arguments = "{}",
        Explanation = "why",
        EndedAt = Some.Time,
        KeyRow = "key",
        CreatedAt = Some.Time,
        UpdatedAt = Some.Time,
    };

    [Theory]
    [MemberData(nameof(AttemptColumns))]
    public async Task An_attempt_with_a_foreign_cell_is_settled_and_listed(string column)
    {
        foreach (var value in Foreign)
        {
            await using var rig = await DeliveryRig.StartAsync();
            var record = Some.Record(attempt: 2);
            await rig.Attempts.AddAsync(record);
            var table = rig.Tables.Table(AttemptTable.Name(record.RunStartedAt));
            foreach (var row in table.Rows)
            {
                await PutAsync(table, row, column, value);
            }

            await rig.RunAsync(Some.Delivery() with { Attempt = 2 });

            Assert.Empty(rig.Receiver.Requests);
            Assert.Equal(1, rig.Actions.Completed.Count + rig.Actions.DeadLettered.Count);
        }
    }

    [Theory]
    [MemberData(nameof(AttemptColumns))]
    public async Task The_lists_show_the_attempt_under_its_delivery_run_and_number(string column)
    {
        foreach (var value in Foreign)
        {
            var api = new AttemptApi();
            await api.RecordAsync(Some.Record(run: 3, attempt: 7) with { RunStartedAt = Some.Time });
            var table = api.Tables.Table(AttemptTable.Name(Some.Time));
            foreach (var row in table.Rows)
            {
                await PutAsync(table, row, column, value);
            }

            var item = Assert.Single((await api.ListAsync()).Json.GetProperty("items").EnumerateArray());
            Assert.Equal(
                (Some.DeliveryId, 3, 7),
                (item.GetProperty("deliveryId").GetString(), item.GetProperty("run").GetInt32(),
                    item.GetProperty("attempt").GetInt32()));
            Assert.Equal(HttpStatusCode.OK, (await api.DeliveryAsync(Some.DeliveryId)).Status);
        }
    }

    [Theory]
    [InlineData("t|")]
    [InlineData("t|5")]
    [InlineData("t|5|6")]
    [InlineData("t|1|msg_1|one|two|three")]
    public async Task A_row_that_somebody_put_into_the_list_keeps_none_of_the_others(string key)
    {
        var api = new AttemptApi();
        await api.RecordAsync(1, Some.Time.AddDays(20));
        var table = api.Tables.Table(AttemptTable.Name(Some.Time.AddDays(20)));
        await table.AddEntityAsync(new TableEntity(AttemptTable.Partition(Some.Tenant, Some.SubscriptionId), key));

        var page = await api.ListAsync();

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains(AttemptApi.Id(1), AttemptApi.Ids(page));
    }

    static TableEntity Of(Job job, FakeTable jobs) =>
        jobs.Rows.Single(row => row.PartitionKey == job.Tenant && row.RowKey == job.Id);

    [Theory]
    [MemberData(nameof(JobColumns))]
    public async Task A_job_with_a_foreign_cell_keeps_the_watch_from_no_other_job_and_comes_to_an_end(string column)
    {
        // The watch asks for jobs by the text of their state.
        foreach (var value in Foreign.Where(value => column != "State" || value is string and not Missing))
        {
            await using var rig = new JobRig(new ScriptedWork());
            var strange = await rig.StartAsync();
            var other = await rig.StartAsync(tenant: "other");
            var table = rig.Tables.Table(JobStore.TableName);
            await PutAsync(table, Of(strange, table), column, value);

            for (var nudges = 0; nudges <= JobWatch.MaxNudges; nudges++)
            {
                rig.Time.Advance(JobWatch.Silence);
                await rig.Get<JobWatch>().RunAsync(default);
            }

            Assert.True((await rig.ReadAsync(other)).HasEnded);
            Assert.True((await rig.ReadAsync(strange)).HasEnded);
            await rig.RunAllAsync();
        }
    }

    [Theory]
    [MemberData(nameof(JobColumns))]
    public void A_job_with_a_foreign_cell_is_shown(string column)
    {
        foreach (var value in Foreign)
        {
            var row = JobEntity.ToEntity(Full);
            row.Remove(column);
            row[column] = Equals(value, Missing) ? null : value;
            Assert.Equal(Full.Id, JobView.Of(JobEntity.ToJob(row)).Id);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData("5")]
    [InlineData("{")]
    public async Task A_job_whose_arguments_cannot_be_read_is_never_worked_on_and_keeps_them(object arguments)
    {
        var work = new ScriptedWork();
        await using var rig = new JobRig(work);
        var job = await rig.StartAsync(arguments: """{"of":"one message"}""");
        var table = rig.Tables.Table(JobStore.TableName);
        await PutAsync(table, Of(job, table), "Arguments", arguments);

        await rig.RunAllAsync();

        Assert.Equal(JobState.Failed, (await rig.ReadAsync(job)).State);
        Assert.Equal(arguments, Of(job, table)["Arguments"]);
    }

    [Theory]
    [InlineData("99")]
    [InlineData("1")]
    [InlineData("-1")]
    [InlineData("replay")]
    [InlineData("Replay, Discard")]
    [InlineData(" Discard")]
    [InlineData("")]
    public void A_name_that_is_none_is_unknown(string name)
    {
        var row = JobEntity.ToEntity(Full);
        (row["Kind"], row["State"], row["Source"]) = (name, name, name);
        var job = JobEntity.ToJob(row);
        Assert.Equal(
            (JobKind.Unknown, JobState.Unknown, JobSource.Unknown), (job.Kind, job.State, job.Source));

        var attempt = AttemptEntity.ToEntity(Some.Record(), "row");
        attempt["Outcome"] = name;
        Assert.Equal(AttemptOutcome.Unknown, AttemptEntity.ToRecord(attempt).Outcome);
    }

    [Theory]
    [InlineData("Tenant")]
    [InlineData("Id")]
    [InlineData("MarkedAt")]
    public async Task A_mark_with_a_foreign_cell_keeps_the_watch_from_no_other_job(string column)
    {
        foreach (var value in Foreign)
        {
            await using var rig = new JobRig(new ScriptedWork());
            var (ended, strange, other) =
                (await rig.StartAsync(), await rig.StartAsync(), await rig.StartAsync(tenant: "other"));
            await rig.RunAllAsync();
            await rig.Get<JobWatch>().RunAsync(default);
            var (later, lost) = (await rig.StartAsync(), await rig.StartAsync(tenant: "other"));
            var table = rig.Tables.Table(JobStore.TableName);
            foreach (var mark in table.Rows.Where(
                row => row.PartitionKey.StartsWith('@') && (row["Id"] is string id)
                    && (id == strange.Id || id == later.Id)))
            {
                await PutAsync(table, mark, column, value);
            }

            rig.Time.Advance(JobWatch.Retention);
            for (var looks = 0; looks <= JobWatch.MaxNudges; looks++)
            {
                rig.Time.Advance(JobWatch.Silence);
                await rig.Get<JobWatch>().RunAsync(default);
            }

            Assert.True((await rig.ReadAsync(lost)).HasEnded);
            Assert.Null(await rig.ReadAsync(ended));
            Assert.Null(await rig.ReadAsync(other));
            Assert.All(rig.Logged.Of<UnreadableRows>().CountBy(line => line), line => Assert.Equal(1, line.Value));
        }
    }

    [Fact]
    public async Task A_mark_that_cannot_be_read_is_logged_once_however_often_the_watch_looks()
    {
        await using var rig = new JobRig(new ScriptedWork());
        await rig.StartAsync();
        var table = rig.Tables.Table(JobStore.TableName);
        await PutAsync(table, table.Rows.Single(row => row.PartitionKey == "@underway"), "Tenant", 5);

        await rig.Get<JobWatch>().RunAsync(default);
        await rig.Get<JobWatch>().RunAsync(default);

        Assert.Contains(
            "of the table Jobs, of the partition @underway", Assert.Single(rig.Logged.Of<UnreadableRows>()),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("JobOfKey")]
    [InlineData("Fingerprint")]
    public async Task A_jobs_key_whose_row_cannot_be_read_is_free(string column)
    {
        foreach (var value in Foreign.Where(
            value => column == "JobOfKey" || value is not string || Equals(value, Missing)))
        {
            await using var rig = new JobRig(new ScriptedWork());
            var first = await rig.StartAsync(key: "k");
            var table = rig.Tables.Table(JobStore.TableName);
            await PutAsync(
                table, table.Rows.Single(row => row.RowKey.StartsWith("key_", StringComparison.Ordinal)), column,
                value);
            Assert.False(await rig.Starter.IsKnownAsync(Some.Tenant, "k", default));

            var second = await rig.StartAsync(key: "k");

            Assert.NotEqual(first.Id, second.Id);
            Assert.Equal(second.Id, (await rig.StartAsync(key: "k")).Id);
        }
    }

    [Fact]
    public void A_job_that_has_ended_stays_so_without_the_time_of_its_end()
    {
        var row = JobEntity.ToEntity(Full with { State = JobState.Succeeded });
        row["EndedAt"] = "yesterday";
        Assert.True(JobEntity.ToJob(row).HasEnded);
    }

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
            var store = new SubscriptionStore(tables);
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

    static IEnumerable<string> ColumnsOf(TableEntity row) =>
        row.Keys.Except(["PartitionKey", "RowKey", "Timestamp", "odata.etag"]);

    // A table takes no column away but with the whole row.
    static Task<Response> PutAsync(FakeTable table, TableEntity row, string column, object value)
    {
        // First, since the client converts what takes the place of a value to its type.
        row.Remove(column);
        if (!Equals(value, Missing))
        {
            row[column] = value;
        }

        return table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
    }
}
