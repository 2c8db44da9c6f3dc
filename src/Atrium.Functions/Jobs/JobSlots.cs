using Atrium.Functions.Storage;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Jobs;

/// <summary>
/// Lets one job at a time work on a queue, since what one has locked another cannot find: a row a source, held by
/// whoever inserted it.
/// </summary>
internal sealed class JobSlots(TableServiceClient tables, JobStore jobs)
{
    // Nor this one is a tenant's name.
    const string Partition = "@slots";

    const string HolderTenant = nameof(HolderTenant);
    const string HolderJob = nameof(HolderJob);

    readonly TableGateway _table = new(tables, JobStore.TableName);

    /// <summary>
    /// Takes the slot of a job's source; safe to repeat. A holder that has ended, or is gone, has lost it.
    /// </summary>
    /// <returns>Whether the job has it.</returns>
    /// <exception cref="RequestFailedException">The table could not be read or written.</exception>
    public async Task<bool> TakeAsync(Job job, CancellationToken cancellationToken)
    {
        var wanted = new TableEntity(
            Partition, job.Source.ToString())
        { [HolderTenant] = job.Tenant, [HolderJob] = job.Id };
        if (await ReadAsync(job.Source, cancellationToken) is not { } slot)
        {
            return await _table.TryAddAsync(wanted, cancellationToken);
        }

        return IsHeldBy(job, slot)
            || await jobs.FindAsync(slot.GetString(HolderTenant), slot.GetString(HolderJob), cancellationToken)
                is not { HasEnded: false }
            && await _table.UpdateAsync(wanted, slot.ETag, TableUpdateMode.Replace, cancellationToken) is not null;
    }

    /// <summary>Gives the slot of a job's source back, if the job has it.</summary>
    /// <exception cref="RequestFailedException">The table could not be read or written.</exception>
    public async Task ReleaseAsync(Job job, CancellationToken cancellationToken)
    {
        if (await ReadAsync(job.Source, cancellationToken) is { } slot && IsHeldBy(job, slot))
        {
            // Somebody may have seen that the job has ended, and taken it over.
            await _table.RemoveAsync(Partition, job.Source.ToString(), slot.ETag, cancellationToken);
        }
    }

    Task<TableEntity?> ReadAsync(JobSource source, CancellationToken cancellationToken) =>
        _table.FindAsync(Partition, source.ToString(), cancellationToken);

    static bool IsHeldBy(Job job, TableEntity slot) =>
        slot.GetString(HolderTenant) == job.Tenant && slot.GetString(HolderJob) == job.Id;
}
