using System.Text.Json;
using Atrium.Functions.Storage;
using Azure.Data.Tables;

namespace Atrium.Functions.Jobs;

/// <summary>
/// A job as a table row, and back. Columns of a later version are not written, and so stay as they are.
/// </summary>
internal static class JobEntity
{
    const char Separator = ',';

    public static TableEntity ToEntity(Job job) => new TableEntity(job.Tenant, job.Id)
    {
        [nameof(Job.Step)] = job.Step,
        [nameof(Job.StopRequested)] = job.StopRequested,
        [nameof(Job.IsPrepared)] = job.IsPrepared,
        [nameof(JobCounts.Taken)] = job.Counts.Taken,
        [nameof(JobCounts.Skipped)] = job.Counts.Skipped,
        [nameof(JobCounts.FirstSkipped)] = string.Join(Separator, job.Counts.FirstSkipped),
        [nameof(JobCounts.SubscriptionDeleted)] = job.Counts.SubscriptionDeleted,
        [nameof(JobCounts.Staying)] = job.Counts.Staying,
        [nameof(Job.Fruitless)] = job.Fruitless,
        [nameof(Job.Nudges)] = job.Nudges,
        [nameof(JobPlace.After)] = job.Place.After ?? "",
        [nameof(JobPlace.Pass)] = job.Place.Pass,
        [nameof(JobPlace.LeftLocked)] = job.Place.LeftLocked,
        [nameof(JobPlace.Took)] = job.Place.Took,
        [nameof(JobPlace.IsIndexed)] = job.Place.IsIndexed,
        [nameof(JobPlace.IndexId)] = job.Place.IndexId ?? "",
        [nameof(JobPlace.PassSkipped)] = job.Place.PassSkipped,
        [nameof(JobPlace.PassSubscriptionDeleted)] = job.Place.PassSubscriptionDeleted,
        [nameof(JobPlace.PassStaying)] = job.Place.PassStaying,
        [nameof(Job.Changes)] = string.Join(Separator, job.Changes),
        [nameof(Job.CreatedAt)] = job.CreatedAt,
        [nameof(Job.UpdatedAt)] = job.UpdatedAt,
        [nameof(Job.Kind)] = job.Kind == JobKind.Unknown ? null : job.Kind.ToString(),
        [nameof(Job.Arguments)] = job.Kind == JobKind.Unknown ? null : job.Arguments,
        [nameof(Job.Source)] = job.Source == JobSource.Unknown ? null : job.Source.ToString(),
        [nameof(Job.State)] = job.State == JobState.Unknown ? null : job.State.ToString(),
        [nameof(JobCounts.Expected)] = job.Counts.Expected,
        [nameof(Job.Explanation)] = job.Explanation,
        [nameof(Job.EndedAt)] = job.EndedAt,
        [nameof(Job.KeyRow)] = job.KeyRow,
    }.WithoutNulls();

    /// <summary>
    /// Reads any row: one that cannot be read must not stop the watch from handling other jobs. A job whose arguments
    /// cannot be read counts as of unknown kind, and this version does not work on it.
    /// </summary>
    public static Job ToJob(TableEntity entity)
    {
        var arguments = entity.Text(nameof(Job.Arguments)) is { } text && IsObject(text) ? text : null;
        var state = entity.Named(nameof(Job.State), JobState.Unknown);
        var updatedAt = entity.Value<DateTimeOffset>(nameof(Job.UpdatedAt))
            ?? entity.Timestamp ?? DateTimeOffset.UnixEpoch;
        return new()
        {
            Tenant = entity.PartitionKey,
            Id = entity.RowKey,
            Kind = arguments is null ? JobKind.Unknown : entity.Named(nameof(Job.Kind), JobKind.Unknown),
            Source = entity.Named(nameof(Job.Source), JobSource.Unknown),
            Arguments = arguments ?? "",
            State = state,
            Step = entity.Value<int>(nameof(Job.Step)) ?? 0,
            StopRequested = entity.Value<bool>(nameof(Job.StopRequested)) ?? false,
            // Rows of earlier versions do not have it.
            IsPrepared = entity.Value<bool>(nameof(Job.IsPrepared)) ?? true,
            Counts = new JobCounts(
                entity.Value<int>(nameof(JobCounts.Taken)) ?? 0,
                entity.Value<int>(nameof(JobCounts.Skipped)) ?? 0)
            {
                Expected = entity.Value<int>(nameof(JobCounts.Expected)),
                FirstSkipped = Texts(entity, nameof(JobCounts.FirstSkipped)),
                SubscriptionDeleted = entity.Value<int>(nameof(JobCounts.SubscriptionDeleted)) ?? 0,
                Staying = entity.Value<int>(nameof(JobCounts.Staying)) ?? 0,
            },
            Fruitless = entity.Value<int>(nameof(Job.Fruitless)) ?? 0,
            Nudges = entity.Value<int>(nameof(Job.Nudges)) ?? 0,
            // A row of an earlier version has none of these.
            Place = new(
                entity.Text(nameof(JobPlace.After)) is { Length: > 0 } after ? after : null,
                entity.Value<int>(nameof(JobPlace.Pass)) ?? 0,
                entity.Value<bool>(nameof(JobPlace.LeftLocked)) ?? false,
                entity.Value<bool>(nameof(JobPlace.Took)) ?? false)
            {
                IsIndexed = entity.Value<bool>(nameof(JobPlace.IsIndexed)) ?? false,
                IndexId = entity.Text(nameof(JobPlace.IndexId)) is { Length: > 0 } index ? index : null,
                PassSkipped = entity.Value<int>(nameof(JobPlace.PassSkipped)) ?? 0,
                PassSubscriptionDeleted = entity.Value<int>(nameof(JobPlace.PassSubscriptionDeleted)) ?? 0,
                PassStaying = entity.Value<int>(nameof(JobPlace.PassStaying)) ?? 0,
            },
            Explanation = entity.Text(nameof(Job.Explanation)),
            CreatedAt = entity.Value<DateTimeOffset>(nameof(Job.CreatedAt)) ?? updatedAt,
            UpdatedAt = updatedAt,
            // Without the time of its end, an ended job would be started again.
            EndedAt = entity.Value<DateTimeOffset>(nameof(Job.EndedAt))
                ?? (state is JobState.Succeeded or JobState.Stopped or JobState.Failed ? updatedAt : null),
            Changes = Texts(entity, nameof(Job.Changes)),
            KeyRow = entity.Text(nameof(Job.KeyRow)),
            Version = entity.ETag,
        };
    }

    static string[] Texts(TableEntity entity, string column) =>
        entity.Text(column)?.Split(Separator, StringSplitOptions.RemoveEmptyEntries) ?? [];

    static bool IsObject(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
