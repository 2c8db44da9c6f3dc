namespace Atrium.Functions.Operations;

/// <summary>What came of asking a dependency.</summary>
/// <param name="Name">Which, such as <c>tables</c> or <c>queue deliveries</c>.</param>
/// <param name="Healthy">Whether it answered as it should, in time.</param>
/// <param name="DurationMs">How long that took, in milliseconds.</param>
/// <param name="Problem">What is wrong and what to do, in a sentence for the operator; null when nothing is.</param>
internal sealed record DependencyHealth(string Name, bool Healthy, double DurationMs, string? Problem);
