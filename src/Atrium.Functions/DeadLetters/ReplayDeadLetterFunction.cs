using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Sends one dead letter again; a poison event with a repaired body, if one is given.</summary>
internal sealed class ReplayDeadLetterFunction(DeadLetterJobs jobs, EventRepair repair)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/dead-letters/{queue}/{sequenceNumber}/replay</c>: 202 with the job that does it,
    /// or 404. On <c>visitor-events</c> a body is the event to send in place of the one that lies there: 400 or 413
    /// when it is not one.
    /// </summary>
    [Function("ReplayDeadLetter")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post",
            Route = "tenants/{tenant}/dead-letters/{queue}/{sequenceNumber}/replay")] HttpRequest request,
        string tenant,
        string queue,
        string sequenceNumber,
        CancellationToken cancellationToken)
    {
        var (body, notRead) = await RequestBody.ReadAsync(request, EventReader.MaxBytes, cancellationToken);
        if (body is null)
        {
            return notRead!;
        }

        if (body.ToMemory().IsEmpty)
        {
            return await jobs.StartAsync(request, tenant, queue, sequenceNumber, JobKind.Replay, cancellationToken);
        }

        return DeadLetterAddress.Read(tenant, queue, sequenceNumber) switch
        {
            null => DeadLetterAnswer.NotFound(),
            { Source: JobSource.VisitorEventsDeadLetters } address =>
                await repair.SendAsync(request, tenant, address, body, cancellationToken),
            _ => Problem.BadRequest(
                "Only an event can be repaired, on the queue visitor-events. Send no body to replay this letter as it "
                + "is."),
        };
    }
}
