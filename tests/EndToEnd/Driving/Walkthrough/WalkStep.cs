namespace Atrium.EndToEnd;

/// <summary>A block of commands of a page, and what it says of their output.</summary>
/// <param name="Line">Where it stands in the page, from 1.</param>
/// <param name="Commands">As they stand.</param>
/// <param name="Json">What the last line of the output holds; null when nothing is said of it.</param>
/// <param name="Text">What the output is; null when nothing is said of it.</param>
internal sealed record WalkStep(int Line, string Commands, string? Json, string? Text);
