using Atrium.Functions.Contract;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Parking;

/// <summary>Ends a subscription's pause, and starts the job that sends what was parked meanwhile.</summary>
internal sealed class ResumeSubscriptionFunction(
    PauseSwitch pauses, JobStarter starter, DeadLetterIndex index)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/subscriptions/{id}/resume</c>, with <c>If-Match</c>: 202 with the job; 404, 412,
    /// 428, or 422 when the key was used for something else. What is not paused may be resumed too: the job sends
    /// whatever lies parked. A request sent again under the same <c>Idempotency-Key</c> is answered with the job that
    /// it started, and changes nothing. When it is answered 409 (too many jobs) the pause has ended nonetheless, and
    /// <see cref="StrandedParked"/> sends what is parked.
    /// </summary>
    [Function("ResumeSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post",
            Route = "tenants/{tenant}/subscriptions/{id}/resume")] HttpRequest request,
        string tenant,
        string id,
        CancellationToken cancellationToken)
    {
        var (key, refusal) = IdempotencyKey.Read(request);
        if (refusal is null && !await IsRepeatedAsync())
        {
            (_, refusal) = await pauses.SetAsync(request, tenant, id, null, cancellationToken);
        }

        return refusal ?? JobAnswer.Of(request, await StartAsync());

        async Task<bool> IsRepeatedAsync() =>
            key is not null && TenantId.IsValid(tenant) && await starter.IsKnownAsync(tenant, key, cancellationToken);

        Task<JobStarter.Result> StartAsync()
        {
            var filter = new DeadLetterFilter { SubscriptionId = id };
            var job = new NewJob(tenant, JobKind.Resume, JobSource.Parked, filter.Write())
            {
                Key = key,
                ExpectAsync = async token =>
                    new((await index.ExpectAsync(tenant, filter.RangeOf(JobSource.Parked), token)).Count),
            };
            return starter.StartAsync(job, cancellationToken);
        }
    }
}
