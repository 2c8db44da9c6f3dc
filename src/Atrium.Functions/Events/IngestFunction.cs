using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Events;

/// <summary>Accepts an event over HTTP and puts it on the queue.</summary>
internal sealed class IngestFunction(EventQueue events, AtriumMetrics metrics, TimeProvider time)
{
    const string Json = "application/json";

    /// <summary>
    /// <c>POST /api/events?tenant=…</c>: 202 when the event is on the queue, 400 or 413 as problem+json when it is not one. The same body,
    /// or the same <c>Idempotency-Key</c>, sent twice within an hour is one event.
    /// </summary>
    [Function("Ingest")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "events")] HttpRequest request, CancellationToken cancellationToken)
    {
        var tenant = TenantId.InQuery(request);
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest($"The query parameter '{TenantId.Parameter}' names no tenant. {TenantId.Rule}");
        }

        var (key, refusal) = IdempotencyKey.Read(request);
        if (refusal is not null)
        {
            return refusal;
        }

        if (request.ContentType is { } type && !type.Split(';')[0].Trim().Equals(Json, StringComparison.OrdinalIgnoreCase))
        {
            return Problem.UnsupportedMediaType($"Send the event as {Json}.");
        }

        if (await RequestBody.ReadAsync(request, EventReader.MaxBytes, cancellationToken) is not { } body)
        {
            return Problem.TooLarge(EventReader.MaxBytes);
        }

        if (EventReader.Read(body.ToMemory()) is EventReading.Invalid(var errors))
        {
            return Problem.BadRequest("This is not an event of the contract.", errors);
        }

        using var activity = Tracing.BeginIngest();
        var id = key is null ? EventMessage.IdOf(tenant, body) : EventMessage.IdOf(tenant, key);
        await events.SendAsync(
            new EventMessage { Tenant = tenant, EventId = id, AcceptedAt = time.GetUtcNow(), Body = body }, cancellationToken);
        metrics.EventIngested();
        return TypedResults.Accepted((string?)null, new EventAccepted(id, tenant));
    }
}
