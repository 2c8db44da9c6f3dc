using Atrium.Functions.DeadLetters;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of dead letters, and of looking at them.</summary>
internal sealed record DeadLetterLimits(int RetentionDays)
{
    /// <summary>A page ends there, when a filter leaves most letters out.</summary>
    public int MaxExaminedForPage { get; } = DeadLetterReader.MaxExamined;

    /// <summary>A count ends there, and says that it is not complete.</summary>
    public int MaxExaminedForCount { get; } = DeadLetterReader.MaxCounted;

    /// <summary>Either ends then as well, when the queue is slow.</summary>
    public double MaxLookSeconds { get; } = DeadLetterReader.Patience.TotalSeconds;

    public int MaxRequestBytes { get; } = DeadLetterRequest.MaxBytes;

    public int MaxReasonCharacters { get; } = FilterReading.MaxReasonLength;

    public int MaxErasureRequestBytes { get; } = ErasureRequest.MaxBytes;

    public int MaxEmailCharacters { get; } = ErasureRequest.MaxLength;
}
