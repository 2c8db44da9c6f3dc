using System.ComponentModel.DataAnnotations;
using Atrium.Functions.Jobs;

namespace Atrium.Functions.DeadLetters;

internal static class DeadLetterServices
{
    /// <summary>Shows dead letters, sends them again, or removes them.</summary>
    public static IServiceCollection AddDeadLetters(this IServiceCollection services) => services
        .AddSettings<DeadLetterOptions>(DeadLetterOptions.Section)
        .AddSingleton<DeadLetterIndex>()
        .AddSingleton<IndexStates>()
        .AddSingleton<DeferredMessages>()
        .AddSingleton<Indexing>()
        .AddSingleton<IndexRebuild>()
        .AddSingleton<IndexedWork>()
        .AddSingleton<DeadLetterReader>()
        .AddSingleton<DeadLetterJobs>()
        .AddSingleton<EventRepair>()
        .AddSingleton<DiscardAudit>()
        .AddSingleton<DeadLetterRetention>()
        .AddSingleton<IJobWork, ReplayWork>()
        .AddSingleton<IJobWork, DiscardWork>();
}

/// <summary>
/// How long personal data may stay in dead-letter queues, or parked. Service Bus lets nothing expire there.
/// </summary>
internal sealed class DeadLetterOptions
{
    public const string Section = "DeadLetters";

    /// <summary>After how many days a dead letter, or a parked delivery, is discarded.</summary>
    /// <value>90 by default, at least 1, at most ten years.</value>
    [Range(1, 3650, ErrorMessage = CheckedSettings.Between)]
    public int RetentionDays { get; set; } = 90;
}
