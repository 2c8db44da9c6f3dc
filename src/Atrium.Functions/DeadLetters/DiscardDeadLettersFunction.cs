using Atrium.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Removes dead letters.</summary>
internal sealed class DiscardDeadLettersFunction(DeadLetterJobs jobs)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/dead-letters/discard</c> with <c>{queue, subscriptionId, reason, event,
    /// lastStatus, lastErrorClass, without, deliveryId, from, to}</c> or <c>{all: true}</c>: 202 with the job that does
    /// it.
    /// </summary>
    [Function("DiscardDeadLetters")]
    public Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/dead-letters/discard")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken) => jobs.StartAsync(request, tenant, JobKind.Discard, cancellationToken);
}
