using System.Globalization;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Keeps the subscriptions of each day.</summary>
internal sealed partial class BackUpSubscriptionsFunction(
    SubscriptionBackup backup, ILogger<BackUpSubscriptionsFunction> logger)
{
    /// <summary>Every night at 02:15 UTC, and each hour until 05:15 again, for what an outage kept from it.</summary>
    [Function("BackUpSubscriptions")]
    public async Task RunAsync([TimerTrigger("0 15 2-5 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (backup.IsKept && await backup.WriteAsync(cancellationToken) is { } rows)
        {
            Log.Written(logger, rows);
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Backup of the subscriptions written: {Count}")]
        public static partial void Written(ILogger logger, int count);
    }
}

/// <summary>Brings lost subscriptions back from a backup.</summary>
internal sealed partial class RestoreSubscriptionsFunction(
    SubscriptionBackup backup, ILogger<RestoreSubscriptionsFunction> logger)
{
    /// <summary>
    /// <c>POST /api/backups/{day}/restore</c>, with the master key: 200 with what came back and what was there, 404
    /// when there is no backup of that day. Safe to repeat.
    /// </summary>
    [Function("RestoreSubscriptions")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "backups/{day}/restore")] HttpRequest request,
        string day,
        CancellationToken cancellationToken)
    {
        if (!backup.IsKept)
        {
            return Problem.NotFound("This app keeps no backups. Set Backup__containerUri to have one made each night.");
        }

        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            || await backup.RestoreAsync(date, cancellationToken) is not { } restored)
        {
            return Problem.NotFound("There is no backup of that day. Name one as in 2026-11-29, by UTC.");
        }

        Log.Restored(logger, day, restored.Restored, restored.Kept);
        return TypedResults.Ok(restored);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Subscriptions restored from the backup of {Day}: {Restored} came back, {Kept} were there")]
        public static partial void Restored(ILogger logger, string day, int restored, int kept);
    }
}
