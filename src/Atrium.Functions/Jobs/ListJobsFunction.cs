using System.Globalization;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Jobs;

/// <summary>Lists a tenant's jobs.</summary>
internal sealed class ListJobsFunction(JobStore jobs)
{
    /// <summary>The most jobs on one page.</summary>
    public const int MaxLimit = 100;

    /// <summary>How many jobs a page has when the request does not say.</summary>
    public const int DefaultLimit = 50;
    const string Scope = "jobs";

    /// <summary><c>GET /api/tenants/{tenant}/jobs?limit=…&amp;cursor=…</c>: a page, newest first.</summary>
    [Function("ListJobs")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/jobs")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(TenantId.Rule);
        }

        if (LimitOf(request.Query["limit"].FirstOrDefault()) is not { } limit)
        {
            return Problem.BadRequest($"The query parameter 'limit' takes a number from 1 to {MaxLimit}.");
        }

        string? after = null;
        if (request.Query["cursor"].FirstOrDefault() is { } cursor && ((after = Cursor.Read(cursor, Scope, tenant)) is null || !JobId.IsValid(after)))
        {
            return Problem.BadRequest(Cursor.Fault);
        }

        // One more than asked for tells whether there is a next page.
        var found = await jobs.ListAsync(tenant, after, cancellationToken).Take(limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(new JobPage(
            [.. found.Take(limit).Select(JobView.Of)], found.Count > limit ? Cursor.Write(found[limit - 1].Id, Scope, tenant) : null));
    }

    static int? LimitOf(string? value) =>
        value is null ? DefaultLimit
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit
        : null;
}
