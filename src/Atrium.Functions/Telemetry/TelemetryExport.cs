using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// Sends traces, metrics and logs to where the settings say. Without these settings nothing is collected, and it costs
/// nothing.
/// </summary>
internal static class TelemetryExport
{
    /// <summary>
    /// Setting: Application Insights' connection string. The app signs in as itself; the string is not a secret.
    /// </summary>
    public const string AzureMonitor = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>Setting: the address of a collector; the other variables of OpenTelemetry are heeded as well.</summary>
    public const string Otlp = "OTEL_EXPORTER_OTLP_ENDPOINT";

    const string ServiceName = "atrium-webhooks";

    // ASP.NET Core's request, the worker's invocation, and the app's own steps. Not the HTTP client's, whose tags have
    // the customers' URLs.
    static readonly string[] Sources = ["Microsoft.AspNetCore", "Microsoft.Azure.Functions.Worker", Tracing.SourceName];

    public static IServiceCollection AddTelemetryExport(this IServiceCollection services, IConfiguration settings)
    {
        var azureMonitor = settings[AzureMonitor] is { Length: > 0 };
        var otlp = settings[Otlp] is { Length: > 0 };
        if (!azureMonitor && !otlp)
        {
            return services;
        }

        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServiceName).AddEnvironmentVariableDetector())
            .WithTracing(tracing => tracing.AddSource(Sources))
            .WithMetrics(metrics => metrics.AddMeter(AtriumMetrics.MeterName))
            .WithLogging(null, logging => (logging.IncludeFormattedMessage, logging.ParseStateValues) = (true, true));
        telemetry.UseFunctionsWorkerDefaults();
        if (otlp)
        {
            telemetry.UseOtlpExporter();
        }

        if (azureMonitor)
        {
            AddAzureMonitor(services, telemetry, settings);
        }

        return services;
    }

    static void AddAzureMonitor(IServiceCollection services, OpenTelemetryBuilder telemetry, IConfiguration settings)
    {
        services.AddOptions<AzureMonitorExporterOptions>().Configure<IServiceProvider>((options, provider) =>
        {
            options.ConnectionString = settings[AzureMonitor];
            options.Credential = provider.GetService<TokenCredential>();
            // Five a second unless told otherwise, which would tear traces apart that go on for days. Settings of
            // OpenTelemetry are read after this.
            options.TracesPerSecond = null;
            // Alerts read log lines, so lines are exported even if their trace is not kept.
            options.EnableTraceBasedLogsSampler = false;
        });
        telemetry
            .WithTracing(tracing => tracing.AddAzureMonitorTraceExporter())
            .WithMetrics(metrics => metrics.AddAzureMonitorMetricExporter())
            .WithLogging(logging => logging.AddAzureMonitorLogExporter());
    }
}
