namespace Atrium.Functions.Operations;

/// <summary>The answer when all is well.</summary>
/// <param name="Dependencies">Each that was asked.</param>
internal sealed record HealthView(IReadOnlyList<DependencyHealth> Dependencies);
