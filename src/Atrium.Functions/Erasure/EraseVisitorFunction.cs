using Atrium.Functions.DeadLetters;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Erasure;

/// <summary>Removes a visitor's data from where it would lie for long.</summary>
internal sealed class EraseVisitorFunction(DeadLetterJobs jobs)
{
    static readonly FieldError NoAddress = new(
        "/email",
        FieldErrorCode.InvalidFormat,
        $"This must be the e-mail address of the visitor, with an at sign and at most {ErasureRequest.MaxLength} "
        + "characters.");

    /// <summary>
    /// <c>POST /api/tenants/{tenant}/erase</c> with <c>{"email":"…"}</c>: 202 with the job that removes every dead
    /// letter and every parked message which concerns the address. The address is neither stored nor logged.
    /// </summary>
    [Function("EraseVisitor")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/erase")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken) =>
        jobs.StartAsync(request, tenant, () => ReadAsync(request, tenant, cancellationToken), cancellationToken);

    static async Task<(NewJob? Job, IResult? Refusal)> ReadAsync(
        HttpRequest request, string tenant, CancellationToken cancellationToken)
    {
        var (wanted, refusal) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.ErasureRequest, ErasureRequest.MaxBytes, cancellationToken);
        return wanted is null ? (null, refusal)
            : !wanted.IsValid() ? (null, Problem.BadRequest("The request is not valid.", NoAddress))
            : (new NewJob(
                tenant, JobKind.Erase, EraseWork.First, ErasureSubject.Of(wanted.Email!).Write()), null);
    }
}
