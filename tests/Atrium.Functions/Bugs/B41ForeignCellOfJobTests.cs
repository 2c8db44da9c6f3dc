using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Storage;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Jobs;
using Azure.Data.Tables;
using static Atrium.Functions.Tests.Bugs.ForeignCells;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// One cell of a job, or of the mark by which it is found, that was missing, or held another type, ended the watch of
/// all tenants' jobs.
/// </summary>
public sealed class B41ForeignCellOfJobTests
{
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
}
