using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Parking;

/// <summary>
/// Looks for parked deliveries whose subscription is active, or deleted, and starts the job that sends them back. This
/// happens when a delivery is parked just after a resume, or when the process dies between the end of a pause and the
/// start of the job.
/// </summary>
internal sealed partial class StrandedParked(
    DeadLetterIndex index,
    SubscriptionStore store,
    JobStore jobs,
    JobStarter starter,
    TimeProvider time,
    ILogger<StrandedParked> logger)
{
    /// <summary>How long after a failed job another is started: its cause will not be gone at once.</summary>
    public static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long after a job that left what it could not read another is started, if all that is parked was left so:
    /// until another version of the app is deployed, it can do nothing.
    /// </summary>
    public static readonly TimeSpan AfterSkip = TimeSpan.FromHours(1);

    /// <summary>Looks once. What fails is tried again the next time.</summary>
    /// <exception cref="Azure.RequestFailedException">A table failed.</exception>
    /// <exception cref="AggregateException">Some could not be sent back; the others are.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = new FailureCollector(cancellationToken);
        await foreach (var mark in index.ParkedAsync(cancellationToken))
        {
            await failures.TryAsync(
                $"{mark.SubscriptionId} of tenant {mark.Tenant}", () => ReturnAsync(mark, cancellationToken));
        }

        failures.Complete();
    }

    async Task ReturnAsync(ParkedMark mark, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(mark.Tenant, mark.SubscriptionId, cancellationToken) is { PausedAt: not null })
        {
            return;
        }

        var filter = new DeadLetterFilter { SubscriptionId = mark.SubscriptionId };
        await (await IsAnyParkedAsync(mark.Tenant, filter, _ => true, cancellationToken)
            ? StartAsync(mark.Tenant, mark.SubscriptionId, filter, cancellationToken)
            : index.ForgetAsync(mark, cancellationToken));
    }

    ValueTask<bool> IsAnyParkedAsync(
        string tenant, DeadLetterFilter filter, Func<IndexRow, bool> isWanted, CancellationToken cancellationToken) =>
        index.QueryAsync(
            tenant, filter.RangeOf(JobSource.Parked), null, cancellationToken,
            [.. IndexRow.Needed, nameof(DeadLetter.Run)]).AnyAsync(isWanted, cancellationToken);

    async Task StartAsync(string tenant, string id, DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        var arguments = filter.Write();
        var (last, now) = (await jobs.FindNewestAsync(tenant, JobKind.Resume, arguments, cancellationToken),
            time.GetUtcNow());
        if (last is { HasEnded: false }
            || (last is { State: JobState.Failed } && last.EndedAt > now - AfterFailure)
            || (last is { State: JobState.Succeeded, Counts.Skipped: > 0 } && last.EndedAt > now - AfterSkip
                // The row of one that was left has no run.
                && !await IsAnyParkedAsync(tenant, filter, row => row.Letter.Run is not null, cancellationToken)))
        {
            return;
        }

        var wanted = new NewJob(tenant, JobKind.Resume, JobSource.Parked, arguments);
        switch (await starter.StartAsync(wanted, cancellationToken))
        {
            case JobStarter.Result.Started(var job):
                Log.Started(logger, job.Id, id, tenant);
                break;
            case JobStarter.Result.TooMany:
                Log.TooMany(logger, id, tenant);
                break;
            case var unknown:
                throw new InvalidOperationException($"There is no result {unknown}.");
        }
    }

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Information,
            "Deliveries lie parked for subscription {SubscriptionId} of tenant {Tenant}, which is not paused; job "
            + "{JobId} sends them back")]
        public static partial void Started(ILogger logger, string jobId, string subscriptionId, string tenant);

        [LoggerMessage(2, LogLevel.Warning,
            "Deliveries lie parked for subscription {SubscriptionId} of tenant {Tenant}, which is not paused, but too "
                + "many jobs of the tenant are under way; they are sent back when some have ended")]
        public static partial void TooMany(ILogger logger, string subscriptionId, string tenant);
    }
}
