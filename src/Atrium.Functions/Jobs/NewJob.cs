namespace Atrium.Functions.Jobs;

/// <summary>A job that is asked for.</summary>
/// <param name="Tenant">Whose job.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Source">Where it begins.</param>
/// <param name="Arguments">A JSON object for the kind's work; shown to the tenant, but for an erasure's.</param>
internal sealed record NewJob(string Tenant, JobKind Kind, JobSource Source, string Arguments)
{
    /// <summary>A request with the same key gets the same job; null always makes a new one.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// What has to be done before the first step, once the job has its key to itself. Safe to repeat, and repeated
    /// after a crash; false when it cannot be done. Null for nothing.
    /// </summary>
    public Func<CancellationToken, Task<bool>>? PrepareAsync { get; init; }

    /// <summary>Counts what a job that is made will find; null when that cannot be counted.</summary>
    public Func<CancellationToken, Task<Expectation>>? ExpectAsync { get; init; }
}

/// <summary>What a job will find.</summary>
/// <param name="Count">See <see cref="JobCounts.Expected"/>.</param>
/// <param name="Until">The earliest time up to which a job takes all of it, by the clocks of Service Bus and of the
/// instances that listed it; null when that is unknown, or does not matter.</param>
internal sealed record Expectation(int? Count, DateTimeOffset? Until = null);
