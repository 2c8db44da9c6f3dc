using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Jobs;

/// <summary>Lets one job at a time work on a queue, since what one has locked another cannot find: a row a source, held by whoever inserted it.</summary>
internal sealed class JobSlots(TableServiceClient tables, JobStore jobs)
{
    // Nor this one is a tenant's name.
    const string Partition = "@slots";

    const string HolderTenant = nameof(HolderTenant);
    const string HolderJob = nameof(HolderJob);
    const int Conflict = 409;
    const int PreconditionFailed = 412;

    readonly TableClient _table = tables.GetTableClient(JobStore.TableName);

    /// <summary>Takes the slot of a job's source; safe to repeat. A holder that has ended, or is gone, has lost it.</summary>
    /// <returns>Whether the job has it.</returns>
    /// <exception cref="RequestFailedException">The table could not be read or written.</exception>
    public async Task<bool> TakeAsync(Job job, CancellationToken cancellationToken)
    {
        var wanted = new TableEntity(Partition, job.Source.ToString()) { [HolderTenant] = job.Tenant, [HolderJob] = job.Id };
        try
        {
            if (await ReadAsync(job.Source, cancellationToken) is not { } slot)
            {
                await _table.AddEntityAsync(wanted, cancellationToken);
                return true;
            }

            if (IsHeldBy(job, slot))
            {
                return true;
            }

            if (await jobs.FindAsync(slot.GetString(HolderTenant), slot.GetString(HolderJob), cancellationToken) is { HasEnded: false })
            {
                return false;
            }

            await _table.UpdateEntityAsync(wanted, slot.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is Conflict or PreconditionFailed)
        {
            // Another job was first, or the answer to our own request was lost.
            return await ReadAsync(job.Source, cancellationToken) is { } slot && IsHeldBy(job, slot);
        }
    }

    /// <summary>Gives the slot of a job's source back, if the job has it.</summary>
    /// <exception cref="RequestFailedException">The table could not be read or written.</exception>
    public async Task ReleaseAsync(Job job, CancellationToken cancellationToken)
    {
        if (await ReadAsync(job.Source, cancellationToken) is { } slot && IsHeldBy(job, slot))
        {
            try
            {
                await _table.DeleteEntityAsync(Partition, job.Source.ToString(), slot.ETag, cancellationToken);
            }
            catch (RequestFailedException e) when (e.Status == PreconditionFailed)
            {
                // Somebody saw that the job has ended, and took it over.
            }
        }
    }

    async Task<TableEntity?> ReadAsync(JobSource source, CancellationToken cancellationToken)
    {
        var slot = await _table.GetEntityIfExistsAsync<TableEntity>(Partition, source.ToString(), cancellationToken: cancellationToken);
        return slot.HasValue ? slot.Value : null;
    }

    static bool IsHeldBy(Job job, TableEntity slot) => slot.GetString(HolderTenant) == job.Tenant && slot.GetString(HolderJob) == job.Id;
}
