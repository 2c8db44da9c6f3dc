namespace Atrium.Functions.DeadLetters;

/// <summary>What a replay or discard with the same filter would take now.</summary>
/// <param name="Matching">How many fit the filter.</param>
/// <param name="Examined">How many of the tenant were looked at; another's are not told of.</param>
/// <param name="Complete">Whether that were all; if not, there may be more that fit.</param>
internal sealed record DeadLetterCount(int Matching, int Examined, bool Complete);
