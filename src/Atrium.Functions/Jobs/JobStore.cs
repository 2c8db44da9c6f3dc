using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Jobs;

/// <summary>Jobs in Table Storage, a partition a tenant: what is asked for a tenant never reaches another's.</summary>
internal sealed class JobStore(TableServiceClient tables, TimeProvider time)
{
    public const string TableName = "Jobs";

    const int NotFound = 404;
    const int Conflict = 409;
    const int PreconditionFailed = 412;

    // A step and somebody who asks for its end are the only ones who write: they meet once or twice.
    const int MaxTries = 5;

    const string JobOfKey = nameof(JobOfKey);
    const string Fingerprint = nameof(Fingerprint);

    // Of each tenant many more have ended: the table leaves them out.
    const string IsUnfinished =
        $"State ne '{nameof(JobState.Succeeded)}' and State ne '{nameof(JobState.Stopped)}' and State ne '{nameof(JobState.Failed)}'";

    static readonly string OfAllTenants = TableClient.CreateQueryFilter($"RowKey gt {JobId.Prefix} and RowKey lt {JobId.Beyond}");

    readonly TableClient _table = tables.GetTableClient(TableName);

    /// <returns>Null when the tenant has no such job.</returns>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public async Task<Job?> FindAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var entity = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, id, cancellationToken: cancellationToken);
        return entity.HasValue ? JobEntity.ToJob(entity.Value!) : null;
    }

    /// <summary>A tenant's jobs, newest first.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="after">The id after which the list goes on; null from the newest.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public IAsyncEnumerable<Job> ListAsync(string tenant, string? after, CancellationToken cancellationToken) => QueryAsync(Of(tenant, after), cancellationToken);

    /// <summary>A tenant's jobs that have not ended, newest first.</summary>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public IAsyncEnumerable<Job> UnfinishedAsync(string tenant, CancellationToken cancellationToken) =>
        QueryAsync($"{Of(tenant, null)} and {IsUnfinished}", cancellationToken);

    /// <summary>All tenants' jobs that have not ended, for the app's own watch.</summary>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public IAsyncEnumerable<Job> UnfinishedOfAllTenantsAsync(CancellationToken cancellationToken) => QueryAsync($"{OfAllTenants} and {IsUnfinished}", cancellationToken);

    /// <summary>All tenants' jobs that ended at a time or before, for the app's own watch.</summary>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public IAsyncEnumerable<Job> EndedUntilAsync(DateTimeOffset time, CancellationToken cancellationToken) =>
        QueryAsync($"{OfAllTenants} and {TableClient.CreateQueryFilter($"EndedAt le {time}")}", cancellationToken);

    /// <summary>The newest job of a tenant that was asked for as given.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public ValueTask<Job?> FindNewestAsync(string tenant, JobKind kind, string arguments, CancellationToken cancellationToken) =>
        QueryAsync($"{Of(tenant, null)} and {TableClient.CreateQueryFilter($"Kind eq {kind.ToString()} and Arguments eq {arguments}")}", cancellationToken)
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>Finds the job that was asked for under a key.</summary>
    /// <returns>Null when there is none; otherwise the job, and the fingerprint of what was asked for.</returns>
    /// <exception cref="RequestFailedException">The table could not be read.</exception>
    public async Task<(Job Job, string Fingerprint)?> FindByKeyAsync(string tenant, string keyRow, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, keyRow, cancellationToken: cancellationToken);
        return row.HasValue && await FindAsync(tenant, row.Value!.GetString(JobOfKey), cancellationToken) is { } job
            ? (job, row.Value.GetString(Fingerprint))
            : null;
    }

    /// <summary>Adds a job, and the row of its key with it.</summary>
    /// <returns>False when a job was added under this key before, or just now.</returns>
    /// <exception cref="RequestFailedException">The table did not take it.</exception>
    public async Task<bool> TryAddAsync(Job job, string fingerprint, CancellationToken cancellationToken)
    {
        List<TableTransactionAction> actions = [new(TableTransactionActionType.Add, JobEntity.ToEntity(job))];
        if (job.KeyRow is { } keyRow)
        {
            var key = new TableEntity(job.Tenant, keyRow) { [JobOfKey] = job.Id, [Fingerprint] = fingerprint };
            actions.Add(new(TableTransactionActionType.Add, key));
        }

        try
        {
            await SubmitAsync(actions, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == Conflict)
        {
            // Ids are drawn: without a key it can only be our own row, whose answer was lost.
            return job.KeyRow is null;
        }
    }

    /// <summary>Changes a job, on the newest version of its row.</summary>
    /// <param name="job">The job as it was read.</param>
    /// <param name="change">Gives the changed job, or null when the change no longer applies to what is there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The job as it is now stored; null when the change did not apply or the job is gone.</returns>
    /// <exception cref="RequestFailedException">The table did not take it.</exception>
    public async Task<Job?> ChangeAsync(Job job, Func<Job, Job?> change, CancellationToken cancellationToken)
    {
        var current = job;
        for (var tries = 1; ; tries++)
        {
            if (change(current) is not { } changed)
            {
                return null;
            }

            changed = changed with { UpdatedAt = time.GetUtcNow() };
            try
            {
                // Merged, so that what a later version wrote stays.
                var answer = await _table.UpdateEntityAsync(JobEntity.ToEntity(changed), current.Version, TableUpdateMode.Merge, cancellationToken);
                return changed with { Version = answer.Headers.ETag!.Value };
            }
            catch (RequestFailedException e) when (e.Status == NotFound)
            {
                return null;
            }
            catch (RequestFailedException e) when (e.Status == PreconditionFailed && tries < MaxTries)
            {
                if (await FindAsync(job.Tenant, job.Id, cancellationToken) is not { } fresh)
                {
                    return null;
                }

                current = fresh;
            }
        }
    }

    /// <summary>Adds to a job's counts while its step is under way.</summary>
    /// <param name="job">The job as it was read, or last recorded.</param>
    /// <param name="more">What was done since.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The job as it is now stored; null when somebody else has done the step, or the job has ended.</returns>
    /// <exception cref="RequestFailedException">The table did not take it.</exception>
    public Task<Job?> AdvanceAsync(Job job, JobCounts more, CancellationToken cancellationToken) =>
        ChangeAsync(job, now => now.Step == job.Step && !now.HasEnded ? now with { Counts = now.Counts.With(more) } : null, cancellationToken);

    /// <summary>Removes a job with the row of its key; safe to repeat.</summary>
    /// <exception cref="RequestFailedException">The table did not remove it.</exception>
    public async Task RemoveAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.KeyRow is { } keyRow)
        {
            await _table.DeleteEntityAsync(job.Tenant, keyRow, ETag.All, cancellationToken);
        }

        await _table.DeleteEntityAsync(job.Tenant, job.Id, ETag.All, cancellationToken);
    }

    static string Of(string tenant, string? after)
    {
        var first = after ?? JobId.Prefix;
        return TableClient.CreateQueryFilter($"PartitionKey eq {tenant} and RowKey gt {first} and RowKey lt {JobId.Beyond}");
    }

    async Task SubmitAsync(List<TableTransactionAction> actions, CancellationToken cancellationToken)
    {
        try
        {
            await _table.SubmitTransactionAsync(actions, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            await _table.CreateIfNotExistsAsync(cancellationToken);
            await _table.SubmitTransactionAsync(actions, cancellationToken);
        }
    }

    async IAsyncEnumerable<Job> QueryAsync(string filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var rows = _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(rows))
        {
            yield return JobEntity.ToJob(rows.Current);
        }
    }

    static async Task<bool> NextAsync(IAsyncEnumerator<TableEntity> rows)
    {
        try
        {
            return await rows.MoveNextAsync();
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            // The table is made with the first job.
            return false;
        }
    }
}
