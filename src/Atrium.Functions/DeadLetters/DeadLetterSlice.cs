namespace Atrium.Functions.DeadLetters;

/// <summary>A part of a list of dead letters.</summary>
/// <param name="Letters">In the order in which they lie.</param>
/// <param name="GoesOnAfter">The sequence number of the last one looked at, when there are more; null at the end.</param>
internal sealed record DeadLetterSlice(IReadOnlyList<DeadLetter> Letters, long? GoesOnAfter);
