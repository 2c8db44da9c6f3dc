using Atrium.Functions.Contract;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Jobs;

/// <summary>Asks for a job's end.</summary>
internal sealed class StopJobFunction(JobStore jobs)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/jobs/{id}/stop</c>: 202 with the job, which ends before its next batch; 200 when
    /// it has ended already; 404. What it has done stays done.
    /// </summary>
    [Function("StopJob")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/jobs/{id}/stop")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant) || !JobId.IsValid(id)
            || await jobs.FindAsync(tenant, id, cancellationToken) is not { } job)
        {
            return JobAnswer.NotFound();
        }

        if (await jobs.ChangeAsync(
            job, now => now.HasEnded ? null : now with { StopRequested = true }, cancellationToken)
            is { HasEnded: false } stopping)
        {
            return TypedResults.Accepted((string?)null, JobView.Of(stopping));
        }

        return TypedResults.Ok(JobView.Of(await jobs.FindAsync(tenant, id, cancellationToken) ?? job));
    }
}
