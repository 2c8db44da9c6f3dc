using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Jobs;

/// <summary>Lists a tenant's jobs.</summary>
internal sealed class ListJobsFunction(JobStore jobs)
{
    const string Scope = "jobs";

    /// <summary><c>GET /api/tenants/{tenant}/jobs?limit=…&amp;cursor=…</c>: a page, newest first.</summary>
    [Function("ListJobs")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "tenants/{tenant}/jobs")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
        }

        var page = PageQuery.Of(request.Query);
        var (after, errors) = page.Start(JobId.IsValid, Scope, tenant);
        if (errors.Count > 0)
        {
            return Problem.BadQuery(errors);
        }

        // One more than requested, to see whether there is a next page.
        var found = await jobs.ListAsync(tenant, after, page.Limit + 1, cancellationToken).Take(page.Limit + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<JobView>(
            [.. found.Take(page.Limit).Select(JobView.Of)], found.Count > page.Limit
                ? Cursor.Write(found[page.Limit - 1].Id, Scope, tenant)
                : null));
    }
}
