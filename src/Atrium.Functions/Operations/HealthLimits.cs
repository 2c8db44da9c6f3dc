namespace Atrium.Functions.Operations;

/// <summary>Bounds of asking how the app is.</summary>
internal sealed record HealthLimits
{
    /// <summary>How long each dependency has to answer; all are asked at the same time.</summary>
    public double TimeoutSeconds { get; } = HealthProbe.Patience.TotalSeconds;
}
