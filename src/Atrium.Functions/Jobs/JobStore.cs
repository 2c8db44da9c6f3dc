using System.Globalization;
using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Jobs;

/// <summary>
/// Jobs in Table Storage. A tenant has a partition, so a call for a tenant never reaches another's jobs.
/// </summary>
/// <remarks>All methods throw <see cref="RequestFailedException"/> when the table fails.</remarks>
internal sealed class JobStore(TableServiceClient tables, UnreadableRows unreadable, TimeProvider time)
{
    public const string TableName = "Jobs";

    // Few write to a row at a time, so conflicts are rare.
    const int MaxTries = 5;

    // More than a step makes, which records its progress each second for less than a minute.
    const int MaxChanges = 64;

    const string JobOfKey = nameof(JobOfKey);
    const string Fingerprint = nameof(Fingerprint);

    // Of each tenant many more have ended: the table leaves them out.
    const string IsUnfinished =
        $"State ne '{nameof(JobState.Succeeded)}' and State ne '{nameof(JobState.Stopped)}' and State ne "
            + $"'{nameof(JobState.Failed)}'";

    // These cannot be tenants' names. Each job has a mark in one of them, by which the watch finds it.
    const string UnderWay = "@underway";
    const string Ended = "@ended";

    // Never made by a job: that it exists proves that `Subscriptions` did (`TablesAtStart`).
    readonly TableGateway _table = new(tables, TableName, isMadeAtStart: true);

    /// <returns>Null when the tenant has no such job.</returns>
    public async Task<Job?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await _table.FindAsync(tenant, id, cancellationToken) is { } row ? JobEntity.ToJob(row) : null;

    /// <summary>A tenant's jobs, newest first.</summary>
    /// <param name="after">The id after which the list goes on; null from the newest.</param>
    /// <param name="pageSize">How many a call to the table gives, 1 to 1000.</param>
    public IAsyncEnumerable<Job> ListAsync(
        string tenant, string? after, int pageSize, CancellationToken cancellationToken) =>
        QueryAsync(Of(tenant, after), pageSize, cancellationToken);

    /// <summary>A tenant's jobs that have not ended, newest first.</summary>
    public IAsyncEnumerable<Job> UnfinishedAsync(string tenant, CancellationToken cancellationToken) =>
        QueryAsync($"{Of(tenant, null)} and {IsUnfinished}", null, cancellationToken);

    /// <summary>All tenants' jobs that had not ended at the last look of the watch.</summary>
    public IAsyncEnumerable<JobMark> UnderWayAsync(CancellationToken cancellationToken) =>
        MarksAsync(TableClient.CreateQueryFilter($"PartitionKey eq {UnderWay}"), cancellationToken);

    /// <summary>All tenants' jobs that ended at a time or before, as far as the watch has noted it.</summary>
    public IAsyncEnumerable<JobMark> EndedUntilAsync(DateTimeOffset time, CancellationToken cancellationToken) =>
        MarksAsync(
            TableClient.CreateQueryFilter($"PartitionKey eq {Ended} and RowKey lt {RowOf(time.AddTicks(1), "")}"),
            cancellationToken);

    /// <summary>Notes that a job has ended; safe to repeat.</summary>
    public async Task NoteEndedAsync(JobMark mark, DateTimeOffset endedAt, CancellationToken cancellationToken)
    {
        await _table.TryAddAsync(mark.ToEntity(Ended, RowOf(endedAt, mark.Id)), cancellationToken);
        await ForgetAsync(mark, cancellationToken);
    }

    /// <summary>Removes the mark of a job; safe to repeat.</summary>
    public Task ForgetAsync(JobMark mark, CancellationToken cancellationToken) =>
        _table.RemoveAsync(mark.Partition, mark.Row, ETag.All, cancellationToken);

    /// <summary>The newest job of a tenant that was asked for as given.</summary>
    /// <returns>Null when there is none.</returns>
    public ValueTask<Job?> FindNewestAsync(
        string tenant, JobKind kind, string arguments, CancellationToken cancellationToken) =>
        QueryAsync(
            $"{Of(tenant, null)} and "
            + $"{TableClient.CreateQueryFilter($"Kind eq {kind.ToString()} and Arguments eq {arguments}")}", 1,
            cancellationToken)
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>Finds the job that was asked for under a key.</summary>
    /// <returns>Null when there is none; otherwise the job, and the fingerprint of what was asked for.</returns>
    public async Task<(Job Job, string Fingerprint)?> FindByKeyAsync(
        string tenant, string keyRow, CancellationToken cancellationToken) =>
        await _table.FindAsync(tenant, keyRow, cancellationToken) is { } row
            ? await NamedByAsync(row, cancellationToken)
            : null;

    /// <summary>
    /// Removes the row of a key that names no job, such as one that cannot be read; safe to repeat.
    /// </summary>
    public async Task FreeKeyAsync(string tenant, string keyRow, CancellationToken cancellationToken)
    {
        if (await _table.FindAsync(tenant, keyRow, cancellationToken) is { } row
            && await NamedByAsync(row, cancellationToken) is null)
        {
            // In this version: the key may be used anew meanwhile.
            await _table.RemoveAsync(tenant, keyRow, row.ETag, cancellationToken);
        }
    }

    /// <summary>Adds a job, with the row of its key. The mark comes first, so that no job is without one.</summary>
    /// <returns>False when a job was added under this key before, or just now.</returns>
    public async Task<bool> TryAddAsync(Job job, string fingerprint, CancellationToken cancellationToken)
    {
        await _table.TryAddAsync(
            new JobMark(UnderWay, job.Id, job.Tenant, job.Id, job.CreatedAt).ToEntity(UnderWay, job.Id),
            cancellationToken);
        List<TableTransactionAction> actions = [new(TableTransactionActionType.Add, JobEntity.ToEntity(job))];
        if (job.KeyRow is { } keyRow)
        {
            var key = new TableEntity(job.Tenant, keyRow) { [JobOfKey] = job.Id, [Fingerprint] = fingerprint };
            actions.Add(new(TableTransactionActionType.Add, key));
        }

        // The id was drawn for it: if it is there, it was added here, whoever has changed it since.
        return await _table.SubmitAsync(actions, cancellationToken) is not null
            || await FindAsync(job.Tenant, job.Id, cancellationToken) is not null;
    }

    /// <summary>Marks a job as prepared; safe to repeat, and in force whatever else was changed meanwhile.</summary>
    public Task MarkPreparedAsync(Job job, CancellationToken cancellationToken) => _table.UpdateAsync(
        new TableEntity(job.Tenant, job.Id) { [nameof(Job.IsPrepared)] = true }, ETag.All, TableUpdateMode.Merge,
        cancellationToken);

    /// <summary>Changes a job, on the newest version of its row.</summary>
    /// <param name="job">The job as it was read.</param>
    /// <param name="change">Gives the changed job, or null when the change no longer applies to what is there.</param>
    /// <param name="mark">The change's own, by which it is made once, however often tried; null draws one.</param>
    /// <returns>The job as it is now stored; null when the change did not apply or the job is gone.</returns>
    /// <exception cref="ContendedRowException">Others changed it each time.</exception>
    public async Task<Job?> ChangeAsync(
        Job job, Func<Job, Job?> change, CancellationToken cancellationToken, string? mark = null)
    {
        mark ??= WriteMark.Draw();
        var current = job;
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            if (current.Changes.Contains(mark))
            {
                return current;
            }

            if (change(current) is not { } changed)
            {
                return null;
            }

            changed = changed with
            {
                UpdatedAt = time.GetUtcNow(),
                Changes = [mark, .. current.Changes.Take(MaxChanges - 1)],
            };
            // Merged, so that what a later version wrote stays.
            var row = JobEntity.ToEntity(changed);
            if (await _table.UpdateAsync(row, current.Version, TableUpdateMode.Merge, cancellationToken) is { } version)
            {
                return changed with { Version = version };
            }

            if (await FindAsync(job.Tenant, job.Id, cancellationToken) is not { } fresh)
            {
                return null;
            }

            current = fresh;
        }

        return current.Changes.Contains(mark) ? current : throw new ContendedRowException(job.Id);
    }

    /// <summary>
    /// Changes a job whose step is under way. If several do the step, one of them goes on with it: whoever was first to
    /// record how far it is. Of the others, only what they took is counted, also when the step is over.
    /// </summary>
    /// <param name="job">The job as it was read, or last recorded.</param>
    /// <param name="from">Its place then; null for whichever it has.</param>
    /// <param name="change">Gives the changed job.</param>
    /// <param name="taken">How many messages were taken that this counts.</param>
    /// <param name="mark">See <see cref="ChangeAsync"/>.</param>
    /// <returns>The job as it is now stored; null when somebody else does the step or has done it, or the job has
    /// ended.</returns>
    public async Task<Job?> ChangeStepAsync(
        Job job, JobPlace? from, Func<Job, Job> change, int taken, string? mark, CancellationToken cancellationToken)
    {
        var isOwn = false;
        var changed = await ChangeAsync(
            job,
            now =>
            {
                isOwn = now.Step == job.Step && !now.HasEnded && (from is null || now.Place == from);
                return isOwn ? change(now) : taken > 0 ? now.WithTaken(taken) : null;
            },
            cancellationToken, mark);
        return isOwn ? changed : null;
    }

    /// <summary>Records what a job has done while its step is under way.</summary>
    /// <param name="job">The job as it was read, or last recorded.</param>
    /// <param name="more">What was done since.</param>
    /// <param name="place">How far it is.</param>
    /// <param name="mark">See <see cref="ChangeAsync"/>.</param>
    /// <inheritdoc cref="ChangeStepAsync" path="/returns"/>
    public async Task<Job?> AdvanceAsync(
        Job job, JobCounts more, JobPlace place, CancellationToken cancellationToken, string? mark = null) =>
        await ChangeStepAsync(
            job, job.Place, now => now with { Counts = now.Counts.With(more), Place = place }, more.Taken,
            mark, cancellationToken)
            is { HasEnded: false } advanced && advanced.Step == job.Step && advanced.Place == place
            ? advanced
            : null;

    /// <summary>Removes a job with the row of its key, both or none; safe to repeat.</summary>
    public Task RemoveAsync(Job job, CancellationToken cancellationToken) => _table.RemoveAllAsync(
        job.Tenant, job.KeyRow is { } keyRow ? [keyRow, job.Id] : [job.Id], cancellationToken);

    static string RowOf(DateTimeOffset endedAt, string id) =>
        string.Create(CultureInfo.InvariantCulture, $"{endedAt.UtcTicks:x16}_{id}");

    IAsyncEnumerable<JobMark> MarksAsync(string filter, CancellationToken cancellationToken) =>
        unreadable.LeaveOut(TableName, _table.QueryAsync(filter, null, cancellationToken), JobMark.Of);

    async Task<(Job Job, string Fingerprint)?> NamedByAsync(TableEntity key, CancellationToken cancellationToken) =>
        key.Text(JobOfKey) is { } id && JobId.IsValid(id) && key.Text(Fingerprint) is { } fingerprint
        && await FindAsync(key.PartitionKey, id, cancellationToken) is { } job
            ? (job, fingerprint)
            : null;

    static string Of(string tenant, string? after)
    {
        var first = after ?? JobId.Prefix;
        return TableClient.CreateQueryFilter(
            $"PartitionKey eq {tenant} and RowKey gt {first} and RowKey lt {JobId.Beyond}");
    }

    IAsyncEnumerable<Job> QueryAsync(string filter, int? pageSize, CancellationToken cancellationToken) =>
        _table.QueryAsync(filter, pageSize, cancellationToken).Select(JobEntity.ToJob);
}

/// <summary>A mark by which the watch finds a job without reading the jobs of all tenants.</summary>
/// <param name="Partition">The mark's partition.</param>
/// <param name="Row">Its key there.</param>
/// <param name="Tenant">Whose job.</param>
/// <param name="Id">Which job.</param>
/// <param name="MarkedAt">When the job was asked for.</param>
internal sealed record JobMark(string Partition, string Row, string Tenant, string Id, DateTimeOffset MarkedAt)
{
    public TableEntity ToEntity(string partition, string row) => new(partition, row)
    {
        [nameof(Tenant)] = Tenant,
        [nameof(Id)] = Id,
        [nameof(MarkedAt)] = MarkedAt,
    };

    /// <returns>Null when the row does not say which job it marks.</returns>
    public static JobMark? Of(TableEntity row) =>
        row.Text(nameof(Tenant)) is { Length: > 0 } tenant && row.Text(nameof(Id)) is { Length: > 0 } id
            ? new(
                row.PartitionKey, row.RowKey, tenant, id,
                row.Value<DateTimeOffset>(nameof(MarkedAt)) ?? row.Timestamp ?? DateTimeOffset.MinValue)
            : null;
}
