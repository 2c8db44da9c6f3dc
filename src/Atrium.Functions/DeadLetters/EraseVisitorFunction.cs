using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Removes a visitor's data from where it would lie for long.</summary>
internal sealed class EraseVisitorFunction(JobStarter starter)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/erase</c> with <c>{"email":"…"}</c>: 202 with the job that removes every dead letter and every parked message which
    /// concerns the address. The address is neither stored nor logged.
    /// </summary>
    [Function("EraseVisitor")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/erase")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(TenantId.Rule);
        }

        var (key, badKey) = IdempotencyKey.Read(request);
        if (badKey is not null)
        {
            return badKey;
        }

        var (wanted, refusal) = await JsonRequest.ReadAsync(request, DeadLetterJson.Default.ErasureRequest, ErasureRequest.MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return refusal!;
        }

        return wanted.IsValid()
            ? JobAnswer.Of(request, await starter.StartAsync(
                tenant, JobKind.Erase, EraseWork.First, Erasure.Of(wanted.Email!).Write(), key, cancellationToken))
            : Problem.BadRequest("The request is not valid.", new FieldError("/email", "This must be the e-mail address of the visitor, with an at sign and at most 254 characters."));
    }
}
