using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Deliveries;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of the attempt log and of reading it.</summary>
internal sealed record AttemptLimits
{
    public double RetentionSeconds { get; } = AttemptTable.Retention.TotalSeconds;

    public int ExcerptCharacters { get; } = AttemptRecord.MaxExcerptCharacters;

    public int ExplanationCharacters { get; } = AttemptRecord.MaxExplanationCharacters;

    /// <summary>A page ends there, when a filter leaves most rows out.</summary>
    public int MaxRowsReadForPage { get; } = AttemptReader.MaxRowsRead;
}
