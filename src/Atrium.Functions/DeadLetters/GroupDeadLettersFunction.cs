using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Shows what failed, by how it failed.</summary>
internal sealed class GroupDeadLettersFunction(DeadLetterReader letters)
{
    /// <summary>
    /// <c>GET /api/tenants/{tenant}/dead-letters/groups?queue=…&amp;subscription=…&amp;…</c>: those that match, grouped
    /// by subscription, reason, last answer and event.
    /// </summary>
    [Function("GroupDeadLetters")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "tenants/{tenant}/dead-letters/groups")]
        HttpRequest request,
        string tenant,
        CancellationToken cancellationToken) => FilterReading.AnswerAsync(
            request, tenant,
            reading => letters.GroupAsync(tenant, reading.Source, reading.Filter, cancellationToken));
}

/// <summary>Dead letters, grouped by how they failed.</summary>
/// <param name="Items">The group with the newest dead letter first.</param>
/// <param name="Complete">False when there are more than were looked at: the newest
/// <see cref="DeadLetterIndex.MostLookedAt"/>.</param>
/// <param name="IndexedAt">All failures up to this time are counted; null when that is not known.</param>
/// <param name="CountedTo">The earliest <see cref="DeadLetterFilter.To"/> with which a job takes all that is counted;
/// null when nothing is.</param>
internal sealed record DeadLetterGroups(
    IReadOnlyList<DeadLetterGroup> Items, bool Complete, DateTimeOffset? IndexedAt, DateTimeOffset? CountedTo);

/// <summary>Dead letters that failed in the same way.</summary>
/// <param name="Queue">The queue they failed on.</param>
/// <param name="SubscriptionId">Of which subscription; null for events.</param>
/// <param name="Reason">Why, in a word.</param>
/// <param name="LastStatus">See <see cref="DeadLetter.LastStatus"/>.</param>
/// <param name="LastErrorClass">See <see cref="DeadLetter.LastErrorClass"/>.</param>
/// <param name="Event">The event's name.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Oldest">When the first of them failed.</param>
/// <param name="Newest">When the last of them failed.</param>
internal sealed record DeadLetterGroup(
    string Queue, string? SubscriptionId, string? Reason, int? LastStatus, string? LastErrorClass, string? Event,
    int Count, DateTimeOffset Oldest, DateTimeOffset Newest)
{
    /// <summary>What is read of a letter to find its group.</summary>
    public static readonly IReadOnlyList<string> Columns =
        [nameof(SubscriptionId), nameof(Reason), nameof(LastStatus), nameof(LastErrorClass), nameof(Event)];

    /// <returns>The group with the newest dead letter first.</returns>
    public static IReadOnlyList<DeadLetterGroup> Of(IEnumerable<DeadLetter> letters) =>
    [
        .. from letter in letters
           group letter.FailedAt by (
               letter.Queue, letter.SubscriptionId, letter.Reason, letter.LastStatus, letter.LastErrorClass,
               letter.Event)
           into alike
           let one = alike.Key
           let newest = alike.Max()
           orderby newest descending
           select new DeadLetterGroup(
               one.Queue, one.SubscriptionId, one.Reason, one.LastStatus, one.LastErrorClass, one.Event,
               alike.Count(), alike.Min(), newest),
    ];
}
