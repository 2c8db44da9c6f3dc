using System.Globalization;
using System.Text.Json;

namespace Atrium.Functions.DeadLetters;

/// <summary>Which dead letters of a queue are wanted: those that fit all that is not null.</summary>
internal sealed record DeadLetterFilter
{
    public string? SubscriptionId { get; init; }
    public string? Reason { get; init; }

    /// <summary>The event's name.</summary>
    public string? Event { get; init; }

    /// <summary>The earliest time of failure, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The latest time of failure, exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>One alone.</summary>
    public string? SequenceNumber { get; init; }

    /// <summary>Not a condition: the hash of the event that was sent in place of the one discarded.</summary>
    public string? RepairedBy { get; init; }

    public static DeadLetterFilter One(long sequenceNumber) => new() { SequenceNumber = sequenceNumber.ToString(CultureInfo.InvariantCulture) };

    /// <summary>The number of the only message that can be wanted; null when there may be several.</summary>
    public long? Only() => SequenceNumber is null ? null : long.Parse(SequenceNumber, CultureInfo.InvariantCulture);

    public bool Takes(DeadLetter letter) =>
        (SequenceNumber is null || letter.SequenceNumber == SequenceNumber)
        && (SubscriptionId is null || letter.SubscriptionId == SubscriptionId)
        && (Reason is null || letter.Reason == Reason)
        && (Event is null || letter.Event == Event)
        && (From is null || letter.FailedAt >= From)
        && (To is null || letter.FailedAt < To);

    /// <summary>As a job keeps and shows it.</summary>
    public string Write() => JsonSerializer.Serialize(this, DeadLetterJson.Default.DeadLetterFilter);

    public static DeadLetterFilter Read(string arguments) => JsonSerializer.Deserialize(arguments, DeadLetterJson.Default.DeadLetterFilter)!;
}
