using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Atrium.Functions.Jobs;

namespace Atrium.Functions.DeadLetters;

/// <summary>Selects dead letters of a queue: those that match all properties that are not null.</summary>
/// <remarks>A condition that a later version added is never ignored: more would be taken than was asked for.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DeadLetterFilter
{
    public string? SubscriptionId { get; init; }
    public string? Reason { get; init; }

    /// <summary>The event's name.</summary>
    public string? Event { get; init; }

    /// <summary>What the receiver answered last.</summary>
    public int? LastStatus { get; init; }

    /// <summary>How the last attempt failed: a name of <see cref="Egress.ErrorClass"/>.</summary>
    public string? LastErrorClass { get; init; }

    /// <summary>What it does not have: names of <see cref="Lackable"/>; null when that does not matter.</summary>
    public IReadOnlyList<string>? Without { get; init; }

    public string? DeliveryId { get; init; }

    /// <summary>The earliest time of failure, inclusive. Nothing is asked for by the time of parking.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The latest time of failure, or of parking, exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>One alone.</summary>
    public string? SequenceNumber { get; init; }

    /// <summary>Not a condition: the hash of the event that replaced the discarded one.</summary>
    public string? RepairedBy { get; init; }

    // What letters are grouped by.
    static readonly Dictionary<string, Func<DeadLetter, object?>> Parts = new()
    {
        ["subscriptionId"] = letter => letter.SubscriptionId,
        ["reason"] = letter => letter.Reason,
        ["event"] = letter => letter.Event,
        ["lastStatus"] = letter => letter.LastStatus,
        ["lastErrorClass"] = letter => letter.LastErrorClass,
    };

    /// <summary>What a letter may lack, by its name in requests and answers.</summary>
    public static readonly IReadOnlyList<string> Lackable = [.. Parts.Keys];

    /// <summary>Whether a letter lacks what it has to. The table cannot be asked for what is not there.</summary>
    public bool Lacks(DeadLetter letter) => Without?.All(name => Parts[name](letter) is null) ?? true;

    public static DeadLetterFilter One(long sequenceNumber) =>
        new() { SequenceNumber = sequenceNumber.ToString(CultureInfo.InvariantCulture) };

    /// <summary>The number of the only message that can match; null when there may be several.</summary>
    public long? Only() => SequenceNumber is null ? null : long.Parse(SequenceNumber, CultureInfo.InvariantCulture);

    /// <summary>The rows that fit.</summary>
    public IndexRange RangeOf(JobSource source) => new(source) { Filter = this };

    /// <summary>The rows that a job takes: <see cref="To"/> also says by when they were listed.</summary>
    /// <param name="source">Their queue.</param>
    /// <param name="before">Later failures are left out: a job may have sent them itself. Null for all.</param>
    public IndexRange TakenOf(JobSource source, DateTimeOffset? before = null)
    {
        // What is parked may be of the time of the job.
        var until = To < before || before is null || source == JobSource.Parked ? To : before;
        return new(source) { Filter = this with { To = until }, ListedBy = until };
    }

    /// <summary>The earliest <see cref="To"/> with which a job takes a row.</summary>
    public static DateTimeOffset? EndOf(DateTimeOffset? listedAt, DateTimeOffset? failedAt) =>
        failedAt is null || listedAt > failedAt ? listedAt : failedAt.Value.AddTicks(1);

    /// <summary>As a job keeps and shows it.</summary>
    public string Write() => JsonSerializer.Serialize(this, RequestJson.Default.DeadLetterFilter);

    /// <returns>Null when it has a condition that this version does not know.</returns>
    public static DeadLetterFilter? Read(string arguments)
    {
        try
        {
            return JsonSerializer.Deserialize(arguments, RequestJson.Default.DeadLetterFilter);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
