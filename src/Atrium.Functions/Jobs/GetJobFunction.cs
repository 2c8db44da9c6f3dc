using Atrium.Functions.Contract;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Jobs;

/// <summary>Shows how far a job is.</summary>
internal sealed class GetJobFunction(JobStore jobs)
{
    /// <summary><c>GET /api/tenants/{tenant}/jobs/{id}</c>: the job, or 404.</summary>
    [Function("GetJob")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "tenants/{tenant}/jobs/{id}")]
        HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken) =>
        TenantId.IsValid(tenant) && JobId.IsValid(id) && await jobs.FindAsync(tenant, id, cancellationToken) is { } job
            ? TypedResults.Ok(JobView.Of(job))
            : JobAnswer.NotFound();
}
