using Atrium.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Removes one dead letter.</summary>
internal sealed class DiscardDeadLetterFunction(DeadLetterJobs jobs)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/dead-letters/{queue}/{sequenceNumber}/discard</c>: 202 with the job that does it,
    /// or 404.
    /// </summary>
    [Function("DiscardDeadLetter")]
    public Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post",
            Route = "tenants/{tenant}/dead-letters/{queue}/{sequenceNumber}/discard")] HttpRequest request,
        string tenant,
        string queue,
        string sequenceNumber,
        CancellationToken cancellationToken) => jobs.StartAsync(
            request, tenant, queue, sequenceNumber, JobKind.Discard, cancellationToken);
}
