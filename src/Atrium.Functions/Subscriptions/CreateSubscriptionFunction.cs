using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Makes a subscription.</summary>
internal sealed class CreateSubscriptionFunction(NewSubscription newSubscription)
{
    /// <summary>The largest request, in bytes: a URL, a secret and three names take far less.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary><c>POST /api/tenants/{tenant}/subscriptions</c>: 201 with the subscription, 400 with what to change, 409 when there are too many.</summary>
    [Function("CreateSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/subscriptions")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(TenantId.Rule);
        }

        if (await RequestBody.ReadAsync(request, MaxBytes, cancellationToken) is not { } body)
        {
            return Problem.TooLarge(MaxBytes);
        }

        var (wanted, faults) = SubscriptionRequestReader.Read(body.ToMemory());
        if (wanted is null)
        {
            return Problem.BadRequest("The body is no subscription.", faults);
        }

        return await newSubscription.MakeAsync(tenant, wanted, cancellationToken) switch
        {
            NewSubscription.Result.Made(var view) => TypedResults.Created($"{request.Path}/{view.Id}", view),
            NewSubscription.Result.Invalid(var errors) => Problem.BadRequest("The subscription is not valid.", errors),
            NewSubscription.Result.TooMany => Problem.Conflict($"A tenant may have {NewSubscription.MaxPerTenant} subscriptions. Delete one that is no longer needed."),
            var unknown => throw new InvalidOperationException($"There is no result {unknown}."),
        };
    }
}
