using Atrium.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Sends dead letters again.</summary>
internal sealed class ReplayDeadLettersFunction(DeadLetterJobs jobs)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/dead-letters/replay</c> with <c>{queue, subscriptionId, reason, event,
    /// lastStatus, lastErrorClass, without, deliveryId, from, to}</c> or <c>{all: true}</c>: 202 with the job that does
    /// it.
    /// </summary>
    [Function("ReplayDeadLetters")]
    public Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/dead-letters/replay")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken) => jobs.StartAsync(request, tenant, JobKind.Replay, cancellationToken);
}
