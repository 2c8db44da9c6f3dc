namespace Atrium.Functions.DeadLetters;

/// <summary>Which dead letters an admin wants replayed or discarded.</summary>
internal sealed record DeadLetterRequest
{
    /// <summary>The most bytes of a request; a filter takes far less.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>Of which queue; <see cref="DeadLetterQueues.Default"/> when not said.</summary>
    public string? Queue { get; init; }

    public string? SubscriptionId { get; init; }
    public string? Reason { get; init; }

    /// <summary>The event's name.</summary>
    public string? Event { get; init; }

    /// <summary>What the receiver answered last.</summary>
    public int? LastStatus { get; init; }

    /// <summary>How the last attempt failed.</summary>
    public string? LastErrorClass { get; init; }

    /// <summary>What it does not have: names of <see cref="DeadLetterFilter.Lackable"/>.</summary>
    public IReadOnlyList<string>? Without { get; init; }

    /// <summary>The letter of one delivery.</summary>
    public string? DeliveryId { get; init; }

    /// <summary>The earliest time of failure, inclusive.</summary>
    public string? From { get; init; }

    /// <summary>The latest time of failure, exclusive.</summary>
    public string? To { get; init; }

    /// <summary>
    /// All of the queue. It has to be requested explicitly, so that a misspelt or forgotten filter cannot do it.
    /// </summary>
    public bool All { get; init; }
}
