using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Makes a subscription.</summary>
internal sealed class CreateSubscriptionFunction(SubscriptionCreation creation, TimeProvider time)
{
    /// <summary>
    /// The largest request, in bytes: a URL, a secret and ten headers of full length take half of it.
    /// </summary>
    public const int MaxBytes = 32 * 1024;

    const string FirstSecretStays =
        "This subscription was made by an earlier request with the same Idempotency-Key. The secret that came with "
            + "that request is in force, unless it was rotated since.";

    const string SecretNotShownAgain =
        "This subscription was made by an earlier request with the same Idempotency-Key. Its secret was shown then, "
            + "and is not shown again; if that answer was lost, rotate the secret.";

    /// <summary>
    /// <c>POST /api/tenants/{tenant}/subscriptions</c>: 201 with the subscription, 400 with what to change, 409 when
    /// there are too many. Sent again with the same <c>Idempotency-Key</c> within a day: 201 with the same
    /// subscription, 409 when it is deleted, or 422 when the request is another.
    /// </summary>
    [Function("CreateSubscription")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/subscriptions")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
        }

        var (key, badKey) = IdempotencyKey.Read(request);
        if (badKey is not null)
        {
            return badKey;
        }

        var (wanted, refusal) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.SubscriptionRequest, MaxBytes, cancellationToken);
        return wanted is null
            ? refusal!
            : Answer(request.HttpContext, wanted, await creation.MakeAsync(tenant, wanted, key, cancellationToken));
    }

    IResult Answer(HttpContext http, SubscriptionRequest wanted, SubscriptionCreation.Result result) => result switch
    {
        SubscriptionCreation.Result.Made(var made, var secret) => SubscriptionAnswer.Created(http, made, View(made) with
        {
            Secret = secret,
            Warning = made.Secret is null ? SubscriptionView.Unsigned : null,
        }),
        SubscriptionCreation.Result.NotAdded(Admission.Made(var made, _, _)) => SubscriptionAnswer.Created(
            http, made, View(made) with
            {
                Warning = made.Secret is null ? SubscriptionView.Unsigned
                    : wanted.Secret is not null ? FirstSecretStays
                    : SecretNotShownAgain,
            }),
        SubscriptionCreation.Result.Invalid(var errors) => Problem.BadRequest("The subscription is not valid.", errors),
        SubscriptionCreation.Result.NotAdded(Admission.Full) => Problem.Conflict(
            ProblemCode.TooManySubscriptions,
            $"A tenant may have {SubscriptionAdmissions.MaxPerTenant} subscriptions. Delete one that is no longer "
                + "needed."),
        SubscriptionCreation.Result.NotAdded(Admission.MadeAndDeleted) => Problem.Conflict(
            ProblemCode.MadeAndDeleted,
            $"The subscription that was made with this {IdempotencyKey.Header} has been deleted since. Send another "
                + "key to make a new one."),
        SubscriptionCreation.Result.NotAdded(Admission.KeyOfAnother) => Problem.KeyUsed(
            $"Another request came with this {IdempotencyKey.Header} within the last day. Send a key of its own with "
                + "every subscription that is to be made."),
        SubscriptionCreation.Result.Crowded => Problem.Conflict(
            ProblemCode.TooManyCreations,
            "Too many subscriptions of this tenant are made at the same time. Nothing was made; try again."),
        var unknown => throw new InvalidOperationException($"There is no result {unknown}."),
    };

    SubscriptionView View(Subscription subscription) => SubscriptionView.Of(subscription, time.GetUtcNow());
}
