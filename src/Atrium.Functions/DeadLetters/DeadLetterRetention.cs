using System.Globalization;
using Atrium.Functions.Jobs;
using Atrium.Functions.Telemetry;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Starts the jobs that discard messages that have been dead letters, or parked, for too long. The jobs are for all
/// tenants.
/// </summary>
internal sealed partial class DeadLetterRetention(
    JobStarter starter, IOptions<DeadLetterOptions> options, TimeProvider time,
    ILogger<DeadLetterRetention> logger)
{
    /// <summary>Starts tonight's jobs, each only once.</summary>
    /// <exception cref="AggregateException">Some jobs could not be started; the others are.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var today = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var old = new DeadLetterFilter { To = today.AddDays(-options.Value.RetentionDays) };
        var failures = new FailureCollector(cancellationToken);
        foreach (var source in JobSources.All)
        {
            await failures.TryAsync($"{source}", () => StartAsync(source, old, today, cancellationToken));
        }

        failures.Complete();
    }

    async Task StartAsync(
        JobSource source, DeadLetterFilter old, DateTimeOffset today, CancellationToken cancellationToken)
    {
        // The key makes it one job a night, however often the timer fires.
        var key = string.Create(CultureInfo.InvariantCulture, $"retention {today:yyyy-MM-dd} {source}");
        var job = new NewJob(JobTenant.System, JobKind.Discard, source, old.Write()) { Key = key };
        switch (await starter.StartAsync(job, cancellationToken))
        {
            case JobStarter.Result.Started:
                break;
            case JobStarter.Result.TooMany:
                Log.TooMany(logger, source, JobStarter.MaxUnfinished);
                break;
            case JobStarter.Result.KeyUsed:
                Log.AnotherRetention(logger, source, options.Value.RetentionDays);
                break;
            case var unknown:
                throw new InvalidOperationException($"There is no result {unknown}.");
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error,
            "Old messages of {Source} are not discarded tonight: {Unfinished} earlier jobs of retention have not "
            + "ended. See what holds them up; the next run tries again")]
        public static partial void TooMany(ILogger logger, JobSource source, int unfinished);

        [LoggerMessage(2, LogLevel.Warning,
            "Old messages of {Source} were discarded tonight under another retention than the {Days} days that are set "
                + "now, which hold from tomorrow")]
        public static partial void AnotherRetention(ILogger logger, JobSource source, int days);
    }
}
