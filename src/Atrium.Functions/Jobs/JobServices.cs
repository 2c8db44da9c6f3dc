namespace Atrium.Functions.Jobs;

internal static class JobServices
{
    /// <summary>Work of many steps; what the steps do is registered as <see cref="IJobWork"/> by those who know.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services) => services
        .AddSingleton<JobStore>()
        .AddSingleton<JobSlots>()
        .AddSingleton<JobQueue>()
        .AddSingleton<JobStarter>()
        .AddSingleton<JobRunner>()
        .AddSingleton<SourceReceivers>()
        .AddSingleton<QueueSweep>();
}
