namespace Atrium.Functions.Telemetry;

internal static class TelemetryServices
{
    /// <summary>Counts and measures; whether anybody is told is for <see cref="TelemetryExport"/>.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services) =>
        services.AddMetrics()
            .AddSingleton<QueueMeasures>()
            .AddSingleton<AtriumMetrics>()
            .AddSingleton<OutageLog>()
            .AddCallLineFilter();
}
