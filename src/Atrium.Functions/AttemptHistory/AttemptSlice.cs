using Atrium.Functions.Deliveries;

namespace Atrium.Functions.AttemptHistory;

/// <summary>A part of a list of attempts.</summary>
/// <param name="Attempts">Newest first.</param>
/// <param name="GoesOnAfter">The key of the last row looked at, when there are more rows; null at the end.</param>
internal sealed record AttemptSlice(IReadOnlyList<AttemptRecord> Attempts, string? GoesOnAfter);
