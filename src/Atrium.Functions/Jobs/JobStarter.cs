using Atrium.Functions.Messaging;

namespace Atrium.Functions.Jobs;

/// <summary>
/// Starts jobs: first the row, then what has to be done before the first step, if anything, then the message. A job
/// whose message was lost is found by the watch.
/// </summary>
internal sealed partial class JobStarter(JobStore jobs, JobQueue queue, TimeProvider time, ILogger<JobStarter> logger)
{
    /// <summary>
    /// How many jobs of a tenant may be under way. They share its queues, so more would not be faster.
    /// </summary>
    public const int MaxUnfinished = 20;

    /// <summary>What the clocks of two instances differ by, at most.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    // A key becomes free once in ninety days.
    const int MaxTries = 3;

    /// <summary>What came of asking for a job.</summary>
    internal abstract record Result
    {
        /// <summary>It was made, or it was made before under the same key.</summary>
        internal sealed record Started(Job Job) : Result;

        /// <summary>Another job was asked for under the same key.</summary>
        internal sealed record KeyUsed : Result;

        internal sealed record TooMany : Result;

        /// <summary>What has to be done before the first step was refused; there is no job.</summary>
        internal sealed record NotPrepared : Result;
    }

    /// <exception cref="Azure.RequestFailedException">The table failed.</exception>
    /// <exception cref="Azure.Messaging.ServiceBus.ServiceBusException">Service Bus did not take the first step; asked
    /// again under the same key, it is sent again.</exception>
    public async Task<Result> StartAsync(NewJob wanted, CancellationToken cancellationToken)
    {
        var (tenant, kind, source, arguments) = wanted;
        // The key is part of the fingerprint and is stored nowhere, so nobody can find out by trial whom an erasure
        // concerned.
        var fingerprint = StableHash.Of($"{kind}", $"{source}", arguments, wanted.Key ?? "");
        var keyRow = wanted.Key is null ? null : KeyRow(wanted.Key);
        if (keyRow is not null && await jobs.FindByKeyAsync(tenant, keyRow, cancellationToken) is { } earlier)
        {
            return await AgainAsync(earlier, fingerprint, wanted, cancellationToken);
        }

        if (await IsFullAsync(tenant, cancellationToken))
        {
            return new Result.TooMany();
        }

        var expected = wanted.ExpectAsync is { } expectAsync ? await expectAsync(cancellationToken) : null;
        var now = time.GetUtcNow();
        // It takes what was counted: clocks differ.
        var createdAt = expected?.Until is { } until && until > now && until <= now + ClockSkew ? until : now;
        var job = new Job
        {
            Tenant = tenant,
            Id = JobId.Draw(now),
            Kind = kind,
            Source = source,
            Arguments = arguments,
            KeyRow = keyRow,
            IsPrepared = wanted.PrepareAsync is null,
            Counts = JobCounts.None with { Expected = expected?.Count },
            CreatedAt = createdAt,
            UpdatedAt = now,
        };
        for (var tries = 1; !await jobs.TryAddAsync(job, fingerprint, cancellationToken); tries++)
        {
            if (await jobs.FindByKeyAsync(tenant, keyRow!, cancellationToken) is { } meanwhile)
            {
                return await AgainAsync(meanwhile, fingerprint, wanted, cancellationToken);
            }

            // The job that had the key has been removed since, and the key with it; or its row cannot be read, and
            // remembers nothing.
            if (tries == MaxTries)
            {
                throw new InvalidOperationException($"The key's row {keyRow} of tenant {tenant} comes and goes.");
            }

            await jobs.FreeKeyAsync(tenant, keyRow!, cancellationToken);
        }

        var result = await BeginAsync(job, wanted, cancellationToken);
        if (result is Result.Started)
        {
            Log.Started(logger, tenant, job.Id, kind, source);
        }

        return result;
    }

    /// <summary>Whether a job was asked for under a key.</summary>
    /// <exception cref="Azure.RequestFailedException">The table failed.</exception>
    public async Task<bool> IsKnownAsync(string tenant, string idempotencyKey, CancellationToken cancellationToken) =>
        await jobs.FindByKeyAsync(tenant, KeyRow(idempotencyKey), cancellationToken) is not null;

    static string KeyRow(string idempotencyKey) => $"key_{StableHash.Of(idempotencyKey)}";

    async Task<Result> AgainAsync(
        (Job Job, string Fingerprint) earlier, string fingerprint, NewJob wanted, CancellationToken cancellationToken)
    {
        if (earlier.Fingerprint != fingerprint)
        {
            return new Result.KeyUsed();
        }

        return earlier.Job is { HasEnded: false, Step: 0 }
            ? await BeginAsync(earlier.Job, wanted, cancellationToken)
            : new Result.Started(earlier.Job);
    }

    // The row is marked last: without the mark (a crash, a failed send) all is done again when the job is asked for
    // again.
    async Task<Result> BeginAsync(Job job, NewJob wanted, CancellationToken cancellationToken)
    {
        if (!job.IsPrepared)
        {
            if (!await wanted.PrepareAsync!(cancellationToken))
            {
                await jobs.RemoveAsync(job, cancellationToken);
                return new Result.NotPrepared();
            }

            await jobs.MarkPreparedAsync(job, cancellationToken);
        }

        await queue.SendAsync(job, cancellationToken);
        return new Result.Started(job);
    }

    async Task<bool> IsFullAsync(string tenant, CancellationToken cancellationToken) =>
        await jobs.UnfinishedAsync(tenant, cancellationToken).Take(MaxUnfinished)
            .CountAsync(cancellationToken) >= MaxUnfinished;

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Job {JobId} of tenant {Tenant} made: {Kind} of {Source}")]
        public static partial void Started(ILogger logger, string tenant, string jobId, JobKind kind, JobSource source);
    }
}
