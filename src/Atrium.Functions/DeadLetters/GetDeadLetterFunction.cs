using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Shows one dead letter and what was tried.</summary>
internal sealed class GetDeadLetterFunction(DeadLetterReader letters, AttemptLog log)
{
    /// <summary>
    /// <c>GET /api/tenants/{tenant}/dead-letters/{queue}/{sequenceNumber}</c>: the letter without its body, and all
    /// attempts; or 404.
    /// </summary>
    [Function("GetDeadLetter")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "get", "head",
            Route = "tenants/{tenant}/dead-letters/{queue}/{sequenceNumber}")]
        HttpRequest request,
        string tenant,
        string queue,
        string sequenceNumber,
        CancellationToken cancellationToken) =>
        DeadLetterAddress.Read(tenant, queue, sequenceNumber) is { } address
        && await letters.FindAsync(tenant, address.Source, address.SequenceNumber, cancellationToken)
            is { Letter: var letter }
            ? TypedResults.Ok(new DeadLetterDetails(letter, await HistoryAsync(letter, cancellationToken)))
            : DeadLetterAnswer.NotFound();

    async Task<DeliveryView?> HistoryAsync(DeadLetter letter, CancellationToken cancellationToken) =>
        letter is { SubscriptionId: { } subscriptionId, DeliveryId: { } deliveryId }
        && SubscriptionId.IsValid(subscriptionId)
        && DeliveryId.IsValid(deliveryId)
        && await log.ReadAsync(letter.Tenant, subscriptionId, deliveryId, cancellationToken) is { Count: > 0 } attempts
            ? DeliveryView.Of(attempts) with { DeadLetter = letter.Place }
            : null;
}

/// <summary>One dead letter, with what was tried.</summary>
/// <param name="Letter">Its summary.</param>
/// <param name="Delivery">All attempts that are kept of its delivery; null when there are none, as for an
/// event.</param>
internal sealed record DeadLetterDetails(DeadLetter Letter, DeliveryView? Delivery);
