using Atrium.Functions.Jobs;

namespace Atrium.Functions.DeadLetters;

internal static class DeadLetterServices
{
    /// <summary>Looks at what failed for good, sends it again, or removes it.</summary>
    public static IServiceCollection AddDeadLetters(this IServiceCollection services)
    {
        services.AddOptions<DeadLetterOptions>().BindConfiguration(DeadLetterOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<DeadLetterMeasure>()
            .AddSingleton<DeadLetterReader>()
            .AddSingleton<DeadLetterJobs>()
            .AddSingleton<RepairedEvent>()
            .AddSingleton<Discarding>()
            .AddSingleton<IJobWork, ReplayWork>()
            .AddSingleton<IJobWork, DiscardWork>()
            .AddSingleton<IJobWork, EraseWork>();
    }
}
