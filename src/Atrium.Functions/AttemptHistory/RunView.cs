namespace Atrium.Functions.AttemptHistory;

/// <summary>One run of a delivery.</summary>
/// <param name="Run">1, and one more with each replay.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Attempts">Oldest first.</param>
internal sealed record RunView(int Run, DateTimeOffset StartedAt, IReadOnlyList<AttemptView> Attempts);
