namespace Atrium.Functions.Telemetry;

/// <summary>Names of the metrics' tags, and those of their values that are nobody else's.</summary>
internal static class MetricTag
{
    public const string Outcome = "outcome";
    public const string ErrorClass = "error_class";
    public const string Queue = "queue";
    public const string Reason = "reason";
    public const string Cache = "cache";
    public const string Result = "result";

    /// <summary>The error class of what went well.</summary>
    public const string NoError = "none";

    public const string Hit = "hit";
    public const string Miss = "miss";
}
