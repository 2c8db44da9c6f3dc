using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Sends a repaired event instead of a poison one, under the same event id, and discards the poison one. It writes the
/// job's row, then sends the event, then the job's message. After a crash in between, the poison event is still there.
/// If the request comes again, the event and its deliveries get the same ids as the first time.
/// </summary>
/// <remarks>
/// Because of the same ids, Service Bus and the receivers would drop a second body as a duplicate. For
/// <see cref="IdempotencyKey.KeptFor"/>, a poison event can therefore be replaced by one body only, however often its
/// publisher sent it.
/// </remarks>
internal sealed class EventRepair(DeadLetterReader letters, EventQueue events, EventKeys keys, JobStarter starter)
{
    /// <returns>
    /// 202 with the job that discards the poison event; otherwise an error. A second body is answered 409, or 422 under
    /// the key of the first.
    /// </returns>
    /// <exception cref="ServiceBusException">Service Bus failed; asking again is safe.</exception>
    /// <exception cref="Azure.RequestFailedException">A table failed; asking again is safe.</exception>
    public async Task<IResult> SendAsync(
        HttpRequest request, string tenant, DeadLetterAddress address, BinaryData body,
        CancellationToken cancellationToken)
    {
        var (key, badKey) = IdempotencyKey.Read(request);
        if (badKey is not null)
        {
            return badKey;
        }

        if (EventReader.Read(body.ToMemory()) is EventReading.Invalid(var errors))
        {
            return Problem.BadRequest(ProblemCode.InvalidEvent, "This is not an event of the contract.", errors);
        }

        var found = await letters.FindAsync(tenant, address.Source, address.SequenceNumber, cancellationToken);
        if (found is null && (key is null || !await starter.IsKnownAsync(tenant, key, cancellationToken)))
        {
            return DeadLetterAnswer.NotFound();
        }

        // It is listed under the default tenant, but its message names another one.
        if (found is { Message: var misnamed } && EventMessage.TenantFault(misnamed) is { } fault)
        {
            return Problem.Conflict(
                ProblemCode.NotRepairable,
                $"Nobody can tell whose event this is. {fault} Post the event under its tenant, and discard the "
                + "letter.");
        }

        // A replay may have sent it already, and yet not removed it: then the new one would be taken for it, and lost.
        if (found is { Message: var intact } && ReplayWork.IsEvent(intact))
        {
            return Problem.Conflict(
                ProblemCode.NotRepairable,
                "This letter is an event as it is, so there is nothing to repair. Send no body to replay it, or "
                + "discard it and post the other event as a new one.");
        }

        // The job keeps the hash of the body, and nothing else of it. The hash ties a key to one body.
        var arguments = new DeadLetterFilter
        {
            SequenceNumber = DeadLetterFilter.One(address.SequenceNumber).SequenceNumber,
            RepairedBy = StableHash.Of("body", body.ToMemory().Span),
        };
        var job = new NewJob(tenant, JobKind.Discard, address.Source, arguments.Write())
        {
            Key = key,
            PrepareAsync = async token => found is { } poison
                && InPlaceOf(poison.Letter, poison.Message, body) is var sound
                && await keys.TrySendAsync(
                    tenant,
                    // No client's key can have this character: see IdempotencyKey.Read.
                    $"repair\n{sound.EventId}\n{sound.Replays}",
                    EventMessage.IdOf(tenant, body),
                    () => events.ReplayAsync([sound], token),
                    token),
            ExpectAsync = _ => Task.FromResult(new Expectation(1)),
        };
        var result = await starter.StartAsync(job, cancellationToken);
        return (result, found) switch
        {
            (JobStarter.Result.NotPrepared, null) => DeadLetterAnswer.NotFound(),
            (JobStarter.Result.NotPrepared, _) => Problem.Conflict(
                ProblemCode.NotRepairable,
                $"Another event came in place of this letter within the last {IdempotencyKey.KeptFor.TotalHours} "
                + "hours, so this one was not accepted: it would be taken for that one, and lost. Send that event "
                + "again, or discard the letter and post this event as a new one."),
            _ => JobAnswer.Of(request, result),
        };
    }

    static EventMessage InPlaceOf(DeadLetter letter, ServiceBusReceivedMessage poison, BinaryData body) =>
        (EventMessage.Read(poison).Message ?? new EventMessage
        {
            Tenant = letter.Tenant,
            EventId = string.IsNullOrEmpty(letter.EventId)
                ? EventMessage.IdOf(letter.Tenant, new BinaryData(MessageBody.BytesOf(poison)))
                : letter.EventId,
            AcceptedAt = poison.EnqueuedTime,
            Body = body,
        }) with
        { Body = body };
}
