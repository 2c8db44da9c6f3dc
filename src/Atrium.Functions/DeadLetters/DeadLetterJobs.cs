using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.DeadLetters;

/// <summary>Turns requests into jobs.</summary>
internal sealed class DeadLetterJobs(
    JobStarter starter, DeadLetterReader letters, DeadLetterIndex index, SubscriptionStore subscriptions)
{
    /// <summary>A job for all dead letters that match the filter in the request's body.</summary>
    public Task<IResult> StartAsync(
        HttpRequest request, string tenant, JobKind kind, CancellationToken cancellationToken) =>
        StartAsync(request, tenant, () => ReadAsync(request, tenant, kind, cancellationToken), cancellationToken);

    /// <summary>A tenant's job under the request's <c>Idempotency-Key</c>, if it has one.</summary>
    /// <param name="tenant">As the path names it.</param>
    /// <param name="readAsync">Reads from the request's body which job it is, without the key; or gives the answer that
    /// refuses it.</param>
    public async Task<IResult> StartAsync(
        HttpRequest request, string tenant, Func<Task<(NewJob? Job, IResult? Refusal)>> readAsync,
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

        var (job, refusal) = await readAsync();
        return job is null
            ? refusal!
            : JobAnswer.Of(request, await starter.StartAsync(job with { Key = key }, cancellationToken));
    }

    /// <summary>A job for one letter; 409 when its replay would end without a request.</summary>
    public async Task<IResult> StartAsync(
        HttpRequest request, string tenant, string queue, string sequenceNumber, JobKind kind,
        CancellationToken cancellationToken)
    {
        var (key, badKey) = IdempotencyKey.Read(request);
        if (badKey is not null)
        {
            return badKey;
        }

        if (DeadLetterAddress.Read(tenant, queue, sequenceNumber) is not { } address)
        {
            return DeadLetterAnswer.NotFound();
        }

        // If the letter is gone, the job of an earlier, equal request may have taken it.
        var isKnown = key is not null && await starter.IsKnownAsync(tenant, key, cancellationToken);
        if (!isKnown && await RefusalAsync(tenant, address, kind, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var filter = DeadLetterFilter.One(address.SequenceNumber).Write();
        var job = new NewJob(tenant, kind, address.Source, filter)
        {
            Key = key,
            ExpectAsync = _ => Task.FromResult(new Expectation(1)),
        };
        return JobAnswer.Of(request, await starter.StartAsync(job, cancellationToken));
    }

    async Task<IResult?> RefusalAsync(
        string tenant, DeadLetterAddress address, JobKind kind, CancellationToken cancellationToken)
    {
        if (await letters.FindAsync(tenant, address.Source, address.SequenceNumber, cancellationToken)
            is not ({ } letter, _))
        {
            return DeadLetterAnswer.NotFound();
        }

        return kind == JobKind.Replay && letter.SubscriptionId is { } id && SubscriptionId.IsValid(id)
            && await subscriptions.FindAsync(tenant, id, cancellationToken) is null
            ? Problem.Conflict(
                ProblemCode.SubscriptionDeleted,
                "The subscription of this dead letter has been deleted, so a replay would end without a request. The "
                + "letter stays. Discard it, or replay it once the subscription is there again.")
            : null;
    }

    async Task<(NewJob? Job, IResult? Refusal)> ReadAsync(
        HttpRequest request, string tenant, JobKind kind, CancellationToken cancellationToken)
    {
        var (wanted, refusal) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.DeadLetterRequest, DeadLetterRequest.MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return (null, refusal);
        }

        var reading = FilterReading.Of(wanted);
        if (reading.Errors.Count > 0)
        {
            return (null, Problem.BadRequest("The filter is not valid.", reading.Errors));
        }

        var (source, filter) = (reading.Source, reading.Filter);
        return (
            new NewJob(tenant, kind, source, filter.Write())
            {
                ExpectAsync = token => index.ExpectAsync(tenant, filter.TakenOf(source), token),
            },
            null);
    }
}
