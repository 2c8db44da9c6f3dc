using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Events;

/// <summary>Accepts an event over HTTP and puts it on the queue.</summary>
internal sealed class IngestFunction(EventQueue events, EventKeys keys, AtriumMetrics metrics, TimeProvider time)
{
    /// <summary>
    /// <c>POST /api/events?tenant=…</c>: 202 when the event is on the queue, 400, 413 or 415 as problem+json when it is
    /// not one. The same body sent twice within an hour is one event, unless their <c>Idempotency-Key</c>s differ; with
    /// the same key within a day of its first use, too. A key that came with another body within that day: 422.
    /// </summary>
    [Function("Ingest")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "events")] HttpRequest request,
            CancellationToken cancellationToken)
    {
        var (tenant, fault) = TenantId.InQuery(request);
        if (tenant is null)
        {
            return Problem.BadQuery(fault!);
        }

        var (key, refusal) = IdempotencyKey.Read(request);
        if (refusal is not null)
        {
            return refusal;
        }

        var (body, notRead) = await RequestBody.ReadAsync(request, EventReader.MaxBytes, cancellationToken);
        if (body is null)
        {
            return notRead!;
        }

        if (EventReader.Read(body.ToMemory()) is EventReading.Invalid(var errors))
        {
            return Problem.BadRequest(ProblemCode.InvalidEvent, "This is not an event of the contract.", errors);
        }

        using var activity = Tracing.BeginIngest();
        // The body is always part of the hash, so two different events never get the same id, whatever happens to the
        // key.
        var content = EventMessage.IdOf(tenant, body);
        var id = key is null ? content : EventMessage.IdOf(tenant, key + content);
        if (key is null)
        {
            await SendAsync();
        }
        else if (!await keys.TrySendAsync(tenant, key, id, SendAsync, cancellationToken))
        {
            return Problem.KeyUsed(
                $"Another event came with this {IdempotencyKey.Header} within the last "
                + $"{IdempotencyKey.KeptFor.TotalHours} hours, and this one was not accepted. Send each event with a "
                + "key of its own, and the same bytes with the same key.");
        }

        return TypedResults.Accepted((string?)null, new EventAccepted(id, tenant));

        async Task SendAsync()
        {
            var now = time.GetUtcNow();
            await events.SendAsync(
                new EventMessage { Tenant = tenant, EventId = id, AcceptedAt = now, Body = body },
                // Cut short, an event that is on the queue would leave its key unmarked.
                key is null ? cancellationToken : CancellationToken.None);
            metrics.EventIngested();
        }
    }
}

/// <summary>The answer to an accepted event.</summary>
/// <param name="Id">The event's id, by which its deliveries are found in logs.</param>
/// <param name="Tenant">Whose event it is.</param>
internal sealed record EventAccepted(string Id, string Tenant);
