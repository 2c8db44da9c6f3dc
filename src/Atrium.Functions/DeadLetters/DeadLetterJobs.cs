using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.DeadLetters;

/// <summary>Turns requests into jobs.</summary>
internal sealed class DeadLetterJobs(JobStarter starter, DeadLetterReader letters)
{
    /// <summary>A job for all letters that fit the filter in the request's body.</summary>
    public async Task<IResult> StartAsync(HttpRequest request, string tenant, JobKind kind, CancellationToken cancellationToken)
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

        var (wanted, refusal) = await JsonRequest.ReadAsync(request, DeadLetterJson.Default.DeadLetterRequest, DeadLetterRequest.MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return refusal!;
        }

        var reading = FilterReading.Of(wanted);
        return reading.Errors.Count > 0
            ? Problem.BadRequest("The filter is not valid.", reading.Errors)
            : JobAnswer.Of(request, await starter.StartAsync(tenant, kind, reading.Source, reading.Filter.Write(), key, cancellationToken));
    }

    /// <summary>A job for one letter.</summary>
    public async Task<IResult> StartAsync(
        HttpRequest request, string tenant, string queue, string sequenceNumber, JobKind kind, CancellationToken cancellationToken)
    {
        var (key, badKey) = IdempotencyKey.Read(request);
        if (badKey is not null)
        {
            return badKey;
        }

        // A letter that is gone may have been taken by the job that this very request asks for again.
        if (DeadLetterAddress.Read(tenant, queue, sequenceNumber) is not { } address
            || (await letters.FindAsync(tenant, address.Source, address.SequenceNumber, cancellationToken) is null
                && (key is null || !await starter.IsKnownAsync(tenant, key, cancellationToken))))
        {
            return Problem.NotFound(DeadLetterAddress.NoSuchLetter);
        }

        var filter = DeadLetterFilter.One(address.SequenceNumber).Write();
        return JobAnswer.Of(request, await starter.StartAsync(tenant, kind, address.Source, filter, key, cancellationToken));
    }
}
