namespace Atrium.Functions.AttemptHistory;

/// <summary>A page of a subscription's attempts.</summary>
/// <param name="Items">Newest first. With a filter a page can hold fewer than asked for, or none, and yet not be the last.</param>
/// <param name="NextCursor">What to send as <c>cursor</c> for the next page; null on the last.</param>
internal sealed record AttemptPage(IReadOnlyList<AttemptView> Items, string? NextCursor);
