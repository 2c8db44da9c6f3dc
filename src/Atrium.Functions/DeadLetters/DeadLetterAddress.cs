using System.Globalization;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.DeadLetters;

/// <summary>Where a dead letter lies, as a path names it.</summary>
internal sealed record DeadLetterAddress(JobSource Source, long SequenceNumber)
{
    /// <returns>Null when the path names nothing that can be there.</returns>
    public static DeadLetterAddress? Read(string tenant, string queue, string sequenceNumber) =>
        TenantId.IsValid(tenant)
        && DeadLetterQueues.Of(queue) is { } source
        && long.TryParse(sequenceNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new DeadLetterAddress(source, number)
            : null;
}

/// <summary>What requests about a dead letter are answered.</summary>
internal static class DeadLetterAnswer
{
    /// <summary>404: there is no such letter.</summary>
    public static IResult NotFound() => Problem.NotFound(
        "The tenant has no such dead letter. It may have been replayed or discarded; its jobs and attempts tell.");
}

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

    /// <returns>Null when there is no such queue.</returns>
    public static JobSource? Of(string queue) => Sources.TryGetValue(queue, out var source) ? source : null;
}
