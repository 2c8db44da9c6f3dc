using Atrium.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Removes messages from <c>parked</c> that cannot be read. Nothing else removes them before retention does.
/// </summary>
internal sealed class DiscardParkedFunction(DeadLetterJobs jobs)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/parked/discard</c>: 202 with the job that does it. Messages that can be read stay,
    /// and wait for their subscription.
    /// </summary>
    [Function("DiscardParked")]
    public Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/parked/discard")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken) => jobs.StartAsync(
            request,
            tenant,
            () => Task.FromResult<(NewJob?, IResult?)>(
                (new NewJob(tenant, JobKind.Discard, JobSource.Parked, new DeadLetterFilter().Write()), null)),
            cancellationToken);
}
