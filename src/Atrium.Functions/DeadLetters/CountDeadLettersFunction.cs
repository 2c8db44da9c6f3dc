using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Says what a replay or discard would take, without doing it.</summary>
internal sealed class CountDeadLettersFunction(DeadLetterReader letters)
{
    /// <summary>
    /// <c>GET /api/tenants/{tenant}/dead-letters/count?queue=…&amp;subscription=…&amp;…</c>: how many fit.
    /// </summary>
    [Function("CountDeadLetters")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "tenants/{tenant}/dead-letters/count")]
        HttpRequest request,
        string tenant,
        CancellationToken cancellationToken) => FilterReading.AnswerAsync(
            request, tenant,
            reading => letters.CountAsync(tenant, reading.Source, reading.Filter, cancellationToken));
}

/// <summary>What a replay or discard with the same filter would take now.</summary>
/// <param name="Matching">How many fit the filter.</param>
/// <param name="IndexedAt">All failures up to this time are counted; null when that is not known.</param>
internal sealed record DeadLetterCount(int Matching, DateTimeOffset? IndexedAt);
