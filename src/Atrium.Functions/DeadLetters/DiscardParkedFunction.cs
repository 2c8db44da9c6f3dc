using Atrium.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Removes from <c>parked</c> what cannot be read, which nothing else would ever take away.</summary>
internal sealed class DiscardParkedFunction(DeadLetterJobs jobs)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/parked/discard</c>: 202 with the job that does it. It leaves what can be read:
    /// that waits for its subscription.
    /// </summary>
    [Function("DiscardParked")]
    public Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/parked/discard")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken) => jobs.StartAsync(
            request,
            tenant,
            JobKind.Discard,
            () => Task.FromResult<(JobSource, string, IResult?)>(
                (JobSource.Parked, new DeadLetterFilter().Write(), null)),
            cancellationToken);
}
