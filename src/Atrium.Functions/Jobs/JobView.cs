using System.Text.Json;
using System.Text.Json.Nodes;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Jobs;

/// <summary>A job as the admin API shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind"><c>replay</c>, <c>discard</c>, <c>resume</c> or <c>erase</c>; <c>unknown</c> for a later
/// version's.</param>
/// <param name="Queue">The queue it works on, as Service Bus writes it.</param>
/// <param name="State"><c>waiting</c>, <c>running</c>, <c>succeeded</c>, <c>stopped</c> or <c>failed</c>, of which the
/// last three are final; <c>unknown</c> for a later version's.</param>
/// <param name="StopRequested">Whether somebody asked for its end.</param>
/// <param name="Counts">What it has done.</param>
/// <param name="Filter">What was requested, with the queue and the end in time of a job for several dead letters; null
/// for an erasure, whose visitor is not shown, and when it is not known.</param>
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
    const string FilterNumber = "sequenceNumber";
    const string FilterQueue = "queue";
    const string FilterTo = "to";

    public static JobView Of(Job job) => new(
        job.Id,
        Name(job.Kind),
        job.Source.Path(),
        Name(job.State),
        job.StopRequested,
        job.Counts,
        job.Kind is JobKind.Erase or JobKind.Unknown ? null : FilterOf(job),
        job.Explanation,
        job.CreatedAt,
        job.UpdatedAt,
        job.EndedAt);

    // A job for several dead letters takes none that failed after it was asked for. Sent as a new request, this asks
    // for the same ones.
    static JsonElement FilterOf(Job job)
    {
        var asked = JsonNode.Parse(job.Arguments)!.AsObject();
        if (job is { Kind: JobKind.Replay or JobKind.Discard, Source: not (JobSource.Parked or JobSource.Unknown) }
            && asked[FilterNumber] is null)
        {
            asked[FilterQueue] = job.Source.QueueName();
            var isEarlier = asked[FilterTo] is JsonValue to && to.TryGetValue(out DateTimeOffset end)
                && end < job.CreatedAt;
            if (!isEarlier)
            {
                asked[FilterTo] = job.CreatedAt;
            }
        }

        return JsonElement.Parse(asked.ToJsonString());
    }

    static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}

/// <summary>What a request that starts a job is answered.</summary>
internal static class JobAnswer
{
    const string PortalPath = "/portal/";

    /// <summary>404: there is no such job.</summary>
    public static IResult NotFound() => Problem.NotFound(
        $"The tenant has no such job. Jobs that have ended are kept for {JobWatch.Retention.TotalDays} days.");

    /// <param name="request">The request, below <c>tenants/{tenant}</c> or <c>portal</c>.</param>
    /// <param name="result">What came of it.</param>
    /// <returns>
    /// 202 with the job and its address; 422 when its key stands for another request, 409 when there are too many.
    /// </returns>
    public static IResult Of(HttpRequest request, JobStarter.Result result) => result switch
    {
        JobStarter.Result.Started(var job) => TypedResults.Accepted(Address(request, job), JobView.Of(job)),
        JobStarter.Result.KeyUsed => Problem.KeyUsed(
            $"The {IdempotencyKey.Header} was used for another request. Send this one with a key of its own."),
        JobStarter.Result.TooMany => Problem.Conflict(
            ProblemCode.TooManyJobs,
            $"{JobStarter.MaxUnfinished} jobs of the tenant have not ended yet. Wait for one of them, or stop one, and "
                + "ask again."),
        var unknown => throw new InvalidOperationException($"There is no result {unknown}."),
    };

    static string Address(HttpRequest request, Job job)
    {
        var path = request.Path.Value!;
        var tenant = $"/tenants/{job.Tenant}/";
        var (above, at) = path.IndexOf(tenant, StringComparison.OrdinalIgnoreCase) is >= 0 and var found
            ? (tenant, found)
            : (PortalPath, path.IndexOf(PortalPath, StringComparison.OrdinalIgnoreCase));
        return $"{path[..at]}{above}jobs/{job.Id}";
    }
}
