using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Parking;

/// <summary>Ends a subscription's pause, and starts the job that sends what was parked meanwhile.</summary>
internal sealed class ResumeSubscriptionFunction(PauseSwitch pauses, JobStarter starter)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/subscriptions/{id}/resume</c>, with <c>If-Match</c>: 202 with the job; 404, 412, 428. What is not paused may be resumed
    /// too: the job sends whatever lies parked. With an <c>Idempotency-Key</c> a request sent again starts no second job. When it is answered 409 (too many
    /// jobs) or 422 (the key was used for something else) the pause has ended nonetheless, and <see cref="ReturnParkedFunction"/> sends what is parked.
    /// </summary>
    [Function("ResumeSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/subscriptions/{id}/resume")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        var (key, refusal) = IdempotencyKey.Read(request);
        if (refusal is null)
        {
            (_, refusal) = await pauses.SetAsync(request, tenant, id, null, cancellationToken);
        }

        return refusal ?? JobAnswer.Of(request, await StartAsync());

        Task<JobStarter.Result> StartAsync() =>
            starter.StartAsync(tenant, JobKind.Resume, JobSource.Parked, new ResumeArguments(id).Write(), key, cancellationToken);
    }
}
