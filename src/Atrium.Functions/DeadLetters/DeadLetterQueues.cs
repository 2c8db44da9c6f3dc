using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;

namespace Atrium.Functions.DeadLetters;

/// <summary>The queues whose dead letters an admin can see, by the names that requests use.</summary>
internal static class DeadLetterQueues
{
    public const string Default = Queues.Deliveries;

    static readonly Dictionary<string, JobSource> Sources = new()
    {
        [Queues.Deliveries] = JobSource.DeliveriesDeadLetters,
        [Queues.VisitorEvents] = JobSource.VisitorEventsDeadLetters,
        [Queues.Parked] = JobSource.ParkedDeadLetters,
    };

    /// <summary>A sentence that names them.</summary>
    public static readonly string Rule = $"The queue is one of {string.Join(", ", Sources.Keys)}.";

    public static IReadOnlyCollection<JobSource> All => Sources.Values;

    /// <returns>Null when there is no such queue.</returns>
    public static JobSource? Of(string queue) => Sources.TryGetValue(queue, out var source) ? source : null;
}
