namespace Atrium.Functions.Jobs;

/// <summary>A page of a tenant's jobs.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="NextCursor">What to send as <c>cursor</c> for the next page; null on the last.</param>
internal sealed record JobPage(IReadOnlyList<JobView> Items, string? NextCursor);
