using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Operations;
using Atrium.Functions.Parking;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Timers;

internal static class TimerServices
{
    /// <summary>What is done by the clock, and how often.</summary>
    public static IServiceCollection AddTimers(this IServiceCollection services) => services
        .AddSingleton<KeepUp>()
        .AddPeriodic<Indexing>(SpanName.IndexDeadLetters, TimeSpan.Zero, indexing => indexing.RunAsync)
        .AddPeriodic<IndexRebuild>(
            SpanName.RebuildLostIndex, TimeSpan.FromMinutes(1), rebuild => rebuild.RebuildLostAsync)
        .AddPeriodic<QueueAges>(SpanName.MeasureQueues, TimeSpan.FromMinutes(1), ages => ages.RunAsync)
        .AddPeriodic<StrandedParked>(SpanName.ReturnParked, TimeSpan.FromMinutes(1), parked => parked.RunAsync)
        .AddPeriodic<JobWatch>(SpanName.WatchJobs, TimeSpan.FromMinutes(5), watch => watch.RunAsync);

    static IServiceCollection AddPeriodic<T>(
        this IServiceCollection services, string name, TimeSpan every, Func<T, Func<CancellationToken, Task>> work)
        where T : notnull =>
        services.AddSingleton(provider =>
            new PeriodicWork(name, every, work(provider.GetRequiredService<T>())));
}
