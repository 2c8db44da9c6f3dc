using System.Globalization;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Subscriptions;

/// <summary>Brings lost subscriptions back from a backup.</summary>
internal sealed class RestoreSubscriptionsFunction(SubscriptionRestore restore)
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
        if (!restore.IsPossible)
        {
            return Problem.NotFound("This app keeps no backups. Set Backup__containerUri to have one made each night.");
        }

        return DateOnly.TryParseExact(
            day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && await restore.RunAsync(date, cancellationToken) is { } restored
                ? TypedResults.Ok(restored)
                : Problem.NotFound("There is no backup of that day. Name one as in 2026-11-29, by UTC.");
    }
}
