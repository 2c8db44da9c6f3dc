namespace Atrium.Functions.DeadLetters;

/// <summary>A page of a tenant's dead letters.</summary>
/// <param name="Items">In the order in which they lie. A page can hold fewer than asked for, or none, and yet not be the last.</param>
/// <param name="NextCursor">What to send as <c>cursor</c> for the next page; null on the last.</param>
internal sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Items, string? NextCursor);
