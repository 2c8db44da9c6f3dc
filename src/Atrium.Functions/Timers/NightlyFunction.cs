using Atrium.Functions.DeadLetters;
using Atrium.Functions.Storage;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Timers;

/// <summary>
/// Backs up the subscriptions, and removes old tables, secrets and dead letters. A function of its own, as it may take
/// minutes.
/// </summary>
internal sealed class NightlyFunction(
    SubscriptionBackup backup, TablePurge tables, SecretPurge secrets, DeadLetterRetention deadLetters, TimedWork timed)
{
    /// <summary>Every night at 04:00 UTC, and each hour until 07:00 again, for what an outage kept from it.</summary>
    /// <exception cref="AggregateException">Some of it failed; the rest is done.</exception>
    [Function("Nightly")]
    public async Task RunAsync([TimerTrigger("0 0 4-7 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var failures = new FailureCollector(cancellationToken);
        await Task.WhenAll(
            DoAsync(SpanName.BackUpSubscriptions, backup.RunAsync),
            DoAsync(SpanName.PurgeTables, tables.RunAsync),
            DoAsync(SpanName.PurgeSecrets, secrets.RunAsync),
            DoAsync(SpanName.DiscardOldDeadLetters, deadLetters.RunAsync));
        failures.Complete();

        Task DoAsync(string name, Func<CancellationToken, Task> doAsync) =>
            failures.TryAsync(name, () => timed.DoAsync(name, doAsync, cancellationToken));
    }
}
