using System.ComponentModel.DataAnnotations;

namespace Atrium.Functions.DeadLetters;

/// <summary>How long personal data may lie in dead-letter queues, where Service Bus lets nothing expire.</summary>
internal sealed class DeadLetterOptions
{
    public const string Section = "DeadLetters";

    /// <summary>After how many days a dead letter is discarded.</summary>
    /// <value>90 by default, at least 1, at most ten years.</value>
    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 90;
}
