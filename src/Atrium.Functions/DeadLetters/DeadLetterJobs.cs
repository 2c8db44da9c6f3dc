using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.DeadLetters;

/// <summary>Turns requests into jobs.</summary>
internal sealed class DeadLetterJobs(JobStarter starter, DeadLetterReader letters)
{
    /// <summary>A job for all dead letters that match the filter in the request's body.</summary>
    public Task<IResult> StartAsync(
        HttpRequest request, string tenant, JobKind kind, CancellationToken cancellationToken) =>
        StartAsync(
            request, tenant, kind, () => ReadFilterAsync(request, cancellationToken), cancellationToken,
            (source, arguments) => letters.ExpectAsync(
                tenant, source, DeadLetterFilter.Read(arguments), cancellationToken));

    /// <summary>A tenant's job under the request's <c>Idempotency-Key</c>, if it has one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tenant">As the path names it.</param>
    /// <param name="kind">What the job does.</param>
    /// <param name="readAsync">Reads from the request's body where the job begins and what it does; or returns the
    /// error.</param>
    /// <param name="cancellationToken">Cancelled when the client goes away.</param>
    /// <param name="expectAsync">Counts what the job will find; null when that cannot be counted.</param>
    public async Task<IResult> StartAsync(
        HttpRequest request,
        string tenant,
        JobKind kind,
        Func<Task<(JobSource Source, string Arguments, IResult? Refusal)>> readAsync,
        CancellationToken cancellationToken,
        Func<JobSource, string, Task<int?>>? expectAsync = null)
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

        var (source, arguments, refusal) = await readAsync();
        return refusal ?? JobAnswer.Of(
            request, await starter.StartAsync(
                tenant, kind, source, arguments, key, cancellationToken,
                expectAsync: expectAsync is null ? null : () => expectAsync(source, arguments)));
    }

    /// <summary>A job for one letter.</summary>
    public async Task<IResult> StartAsync(
        HttpRequest request, string tenant, string queue, string sequenceNumber, JobKind kind,
        CancellationToken cancellationToken)
    {
        var (key, badKey) = IdempotencyKey.Read(request);
        if (badKey is not null)
        {
            return badKey;
        }

        // If the letter is gone, the job of an earlier, equal request may have taken it.
        if (DeadLetterAddress.Read(tenant, queue, sequenceNumber) is not { } address
            || (await letters.FindAsync(tenant, address.Source, address.SequenceNumber, cancellationToken) is null
                && (key is null || !await starter.IsKnownAsync(tenant, key, cancellationToken))))
        {
            return Problem.NotFound(DeadLetterAddress.NoSuchLetter);
        }

        var filter = DeadLetterFilter.One(address.SequenceNumber).Write();
        return JobAnswer.Of(
            request, await starter.StartAsync(
                tenant, kind, address.Source, filter, key, cancellationToken,
                expectAsync: () => Task.FromResult<int?>(1)));
    }

    static async Task<(JobSource Source, string Arguments, IResult? Refusal)> ReadFilterAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        var (wanted, refusal) = await JsonRequest.ReadAsync(
            request, DeadLetterJson.Default.DeadLetterRequest, DeadLetterRequest.MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return (default, "", refusal);
        }

        var reading = FilterReading.Of(wanted);
        return reading.Errors.Count > 0
            ? (default, "", Problem.BadRequest("The filter is not valid.", reading.Errors))
            : (reading.Source, reading.Filter.Write(), null);
    }
}
