using System.Globalization;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.DeadLetters;

/// <summary>Where a dead letter lies, as a path names it.</summary>
internal sealed record DeadLetterAddress(JobSource Source, long SequenceNumber)
{
    /// <summary>What to answer about a letter that is not there.</summary>
    public const string NoSuchLetter = "The tenant has no such dead letter. It may have been replayed or discarded; its jobs and attempts tell.";

    /// <returns>Null when the path names nothing that can be there.</returns>
    public static DeadLetterAddress? Read(string tenant, string queue, string sequenceNumber) =>
        TenantId.IsValid(tenant)
        && DeadLetterQueues.Of(queue) is { } source
        && long.TryParse(sequenceNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new DeadLetterAddress(source, number)
            : null;
}
