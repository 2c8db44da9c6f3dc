using Azure.Data.Tables;

namespace Atrium.Functions.Jobs;

/// <summary>
/// A job as a table row, and back. What a later version of the app wrote and this one does not know is no part of the
/// row that it writes.
/// </summary>
internal static class JobEntity
{
    const char Separator = ',';

    public static TableEntity ToEntity(Job job)
    {
        var entity = new TableEntity(job.Tenant, job.Id)
        {
            [nameof(Job.Arguments)] = job.Arguments,
            [nameof(Job.Step)] = job.Step,
            [nameof(Job.StopRequested)] = job.StopRequested,
            [nameof(Job.IsPrepared)] = job.IsPrepared,
            [nameof(JobCounts.Taken)] = job.Counts.Taken,
            [nameof(JobCounts.Skipped)] = job.Counts.Skipped,
            [nameof(JobCounts.FirstSkipped)] = string.Join(Separator, job.Counts.FirstSkipped),
            [nameof(JobCounts.Staying)] = job.Counts.Staying,
            [nameof(Job.Fruitless)] = job.Fruitless,
            [nameof(Job.Nudges)] = job.Nudges,
            [nameof(JobPlace.After)] = job.Place.After ?? "",
            [nameof(JobPlace.Pass)] = job.Place.Pass,
            [nameof(JobPlace.LeftLocked)] = job.Place.LeftLocked,
            [nameof(JobPlace.Took)] = job.Place.Took,
            [nameof(Job.CreatedAt)] = job.CreatedAt,
            [nameof(Job.UpdatedAt)] = job.UpdatedAt,
        };
        Add(entity, nameof(Job.Kind), job.Kind == JobKind.Unknown ? null : job.Kind.ToString());
        Add(entity, nameof(Job.Source), job.Source == JobSource.Unknown ? null : job.Source.ToString());
        Add(entity, nameof(Job.State), job.State == JobState.Unknown ? null : job.State.ToString());
        Add(entity, nameof(Job.Explanation), job.Explanation);
        Add(entity, nameof(Job.EndedAt), job.EndedAt);
        Add(entity, nameof(Job.KeyRow), job.KeyRow);
        return entity;
    }

    public static Job ToJob(TableEntity entity) => new()
    {
        Tenant = entity.PartitionKey,
        Id = entity.RowKey,
        Kind = Read(entity, nameof(Job.Kind), JobKind.Unknown),
        Source = Read(entity, nameof(Job.Source), JobSource.Unknown),
        Arguments = entity.GetString(nameof(Job.Arguments)),
        State = Read(entity, nameof(Job.State), JobState.Unknown),
        Step = entity.GetInt32(nameof(Job.Step))!.Value,
        StopRequested = entity.GetBoolean(nameof(Job.StopRequested))!.Value,
        // Rows of earlier versions do not have it.
        IsPrepared = entity.GetBoolean(nameof(Job.IsPrepared)) ?? true,
        Counts = new JobCounts(
            entity.GetInt32(nameof(JobCounts.Taken))!.Value,
            entity.GetInt32(nameof(JobCounts.Skipped))!.Value)
        {
            // A row of an earlier version has none.
            FirstSkipped = entity.GetString(nameof(JobCounts.FirstSkipped))
                ?.Split(Separator, StringSplitOptions.RemoveEmptyEntries) ?? [],
            // Rows of earlier versions do not have it.
            Staying = entity.GetInt32(nameof(JobCounts.Staying)) ?? 0,
        },
        Fruitless = entity.GetInt32(nameof(Job.Fruitless))!.Value,
        Nudges = entity.GetInt32(nameof(Job.Nudges))!.Value,
        Place = new(
            // A row of an earlier version has none of these.
            entity.GetString(nameof(JobPlace.After)) is { Length: > 0 } after ? after : null,
            entity.GetInt32(nameof(JobPlace.Pass)) ?? 0,
            entity.GetBoolean(nameof(JobPlace.LeftLocked)) ?? false,
            entity.GetBoolean(nameof(JobPlace.Took)) ?? false),
        Explanation = entity.GetString(nameof(Job.Explanation)),
        CreatedAt = entity.GetDateTimeOffset(nameof(Job.CreatedAt))!.Value,
        UpdatedAt = entity.GetDateTimeOffset(nameof(Job.UpdatedAt))!.Value,
        EndedAt = entity.GetDateTimeOffset(nameof(Job.EndedAt)),
        KeyRow = entity.GetString(nameof(Job.KeyRow)),
        Version = entity.ETag,
    };

    static T Read<T>(TableEntity entity, string name, T unknown)
        where T : struct, Enum => Enum.TryParse<T>(entity.GetString(name), out var value) ? value : unknown;

    static void Add(TableEntity entity, string name, object? value)
    {
        if (value is not null)
        {
            entity[name] = value;
        }
    }
}
