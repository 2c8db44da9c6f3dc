using System.Text.Json;

namespace Atrium.Functions.Jobs;

/// <summary>A job as the admin API shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind"><c>replay</c>, <c>discard</c>, <c>resume</c> or <c>erase</c>; <c>unknown</c> for a later version's.</param>
/// <param name="Queue">The queue it works on, as Service Bus writes it.</param>
/// <param name="State"><c>waiting</c>, <c>running</c>, <c>succeeded</c>, <c>stopped</c> or <c>failed</c>, of which the last three are final; <c>unknown</c> for a later version's.</param>
/// <param name="StopRequested">Whether somebody asked for its end.</param>
/// <param name="Counts">What it has done.</param>
/// <param name="Filter">What was asked for; null for an erasure, whose visitor is nobody's to read, and for what is not known.</param>
/// <param name="Explanation">Why it ended as it did, and what to do; null when there is nothing to say.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="UpdatedAt">When it was last heard of.</param>
/// <param name="EndedAt">When it ended, if it has.</param>
internal sealed record JobView(
    string Id,
    string Kind,
    string Queue,
    string State,
    bool StopRequested,
    JobCounts Counts,
    JsonElement? Filter,
    string? Explanation,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? EndedAt)
{
    public static JobView Of(Job job) => new(
        job.Id,
        Name(job.Kind),
        job.Source.Path(),
        Name(job.State),
        job.StopRequested,
        job.Counts,
        job.Kind is JobKind.Erase or JobKind.Unknown ? null : JsonElement.Parse(job.Arguments),
        job.Explanation,
        job.CreatedAt,
        job.UpdatedAt,
        job.EndedAt);

    static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
