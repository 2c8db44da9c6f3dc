using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Removes from <c>parked</c> what cannot be read, which nothing else would ever take away.</summary>
internal sealed class DiscardParkedFunction(JobStarter starter)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/parked/discard</c>: 202 with the job that does it. It leaves what can be read: that
    /// waits for its subscription.
    /// </summary>
    [Function("DiscardParked")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/parked/discard")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(TenantId.Rule);
        }

        var (key, badKey) = IdempotencyKey.Read(request);
        return badKey ?? JobAnswer.Of(request, await starter.StartAsync(
            tenant, JobKind.Discard, JobSource.Parked, new DeadLetterFilter().Write(), key, cancellationToken));
    }
}
