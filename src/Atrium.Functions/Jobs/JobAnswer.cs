using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Jobs;

/// <summary>What a request that starts a job is answered.</summary>
internal static class JobAnswer
{
    /// <summary>What to answer about a job that is not there.</summary>
    public static readonly string NoSuchJob = $"The tenant has no such job. Jobs that have ended are kept for {WatchJobsFunction.Retention.TotalDays} days.";

    /// <param name="request">The request, below <c>tenants/{tenant}</c>.</param>
    /// <param name="result">What came of it.</param>
    /// <returns>202 with the job and its address; 422 when its key stands for another request, 409 when there are too many.</returns>
    public static IResult Of(HttpRequest request, JobStarter.Result result) => result switch
    {
        JobStarter.Result.Started(var job) => TypedResults.Accepted(Address(request, job), JobView.Of(job)),
        JobStarter.Result.KeyUsed => Problem.Unprocessable($"The {IdempotencyKey.Header} was used for another request. Send this one with a key of its own."),
        JobStarter.Result.TooMany => Problem.Conflict(
            $"{JobStarter.MaxUnfinished} jobs of the tenant have not ended yet. Wait for one of them, or stop one, and ask again."),
        var unknown => throw new InvalidOperationException($"There is no result {unknown}."),
    };

    static string Address(HttpRequest request, Job job)
    {
        var tenant = $"/tenants/{job.Tenant}/";
        var path = request.Path.Value!;
        return $"{path[..path.IndexOf(tenant, StringComparison.OrdinalIgnoreCase)]}{tenant}jobs/{job.Id}";
    }
}
