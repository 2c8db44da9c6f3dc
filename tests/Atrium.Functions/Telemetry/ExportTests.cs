using System.Diagnostics;
using Atrium.Functions.Telemetry;
using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>On its own, since for as long as it lasts the whole process is traced.</summary>
[Collection(nameof(ExportTests))]
[CollectionDefinition(nameof(ExportTests), DisableParallelization = true)]
public sealed partial class ExportTests
{
    // Nothing listens there, and nothing has to: what leaves is looked at before.
    internal const string NoCollector = "http://127.0.0.1:1";
    const string NoApplicationInsights =
        "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://127.0.0.1:1/";

    [Fact]
    public void With_no_setting_nothing_listens()
    {
        using var provider = Services().BuildServiceProvider();
        Assert.Null(provider.GetService<TracerProvider>());
        Assert.Null(provider.GetService<MeterProvider>());
        Assert.Null(provider.GetService<LoggerProvider>());
        Assert.Empty(provider.GetServices<ILoggerProvider>());
    }

    [Theory]
    [InlineData(TelemetryExport.AzureMonitor, "")]
    [InlineData(TelemetryExport.Otlp, "")]
    public void An_empty_setting_is_none(string name, string value)
    {
        using var provider = Services((name, value)).BuildServiceProvider();
        Assert.Null(provider.GetService<TracerProvider>());
    }

    [Theory]
    [InlineData(TelemetryExport.AzureMonitor, NoApplicationInsights)]
    [InlineData(TelemetryExport.Otlp, NoCollector)]
    public void With_a_setting_traces_metrics_and_logs_leave(string name, string value)
    {
        List<Activity> spans = [];
        List<MetricSnapshot> metrics = [];
        List<LogRecord> lines = [];
        var services = Services((name, value));
        services.ConfigureOpenTelemetryTracerProvider(builder => builder.AddInMemoryExporter(spans));
        services.ConfigureOpenTelemetryMeterProvider(builder => builder.AddInMemoryExporter(metrics));
        services.ConfigureOpenTelemetryLoggerProvider(builder => builder.AddInMemoryExporter(lines));
        using var provider = services.BuildServiceProvider();
        var (traces, meters) =
            (provider.GetRequiredService<TracerProvider>(), provider.GetRequiredService<MeterProvider>());

        string mine;
        using (var activity = Tracing.BeginIngest()!)
        {
            mine = activity.Id!;
            Log.Attempted(provider.GetRequiredService<ILogger<ExportTests>>(), "msg_1");
        }

        provider.GetRequiredService<AtriumMetrics>().EventFannedOut(3);
        Assert.NotNull(traces);
        meters.ForceFlush();
        Assert.Contains(spans, span => span.Id == mine);
        Assert.Contains(metrics, metric => metric.Name == "webhook.deliveries.created");
        var line = Assert.Single(lines);
        Assert.Equal("Attempted msg_1", line.FormattedMessage);
        Assert.Contains(line.Attributes!, attribute => attribute is { Key: "DeliveryId", Value: "msg_1" });
        Assert.Equal(mine.Split('-')[1], line.TraceId.ToHexString());
    }

    [Theory]
    [InlineData(TelemetryExport.AzureMonitor, NoApplicationInsights, true)]
    [InlineData(TelemetryExport.Otlp, NoCollector, true)]
    [InlineData(TelemetryExport.Otlp, "", false)]
    public void The_host_is_told_not_to_send_them_a_second_time(string name, string value, bool told)
    {
        using var provider = Services((name, value)).BuildServiceProvider();
        var capabilities = provider.GetRequiredService<IOptions<WorkerOptions>>().Value.Capabilities;
        Assert.Equal(told, capabilities.Contains(new("WorkerOpenTelemetryEnabled", "True")));
    }

    [Fact]
    public void The_app_signs_in_to_application_insights_as_itself_and_keeps_whole_traces()
    {
        using var provider = Services((TelemetryExport.AzureMonitor, NoApplicationInsights)).BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<AzureMonitorExporterOptions>>().CurrentValue;
        Assert.Equal(NoApplicationInsights, options.ConnectionString);
        Assert.Same(provider.GetRequiredService<TokenCredential>(), options.Credential);
        Assert.Null(options.TracesPerSecond);
        Assert.Equal(1, options.SamplingRatio);
        Assert.False(options.EnableTraceBasedLogsSampler);
    }

    [Theory]
    [InlineData("microsoft.fixed_percentage", "0.1", 0.1, null)]
    [InlineData("microsoft.rate_limited", "7", 1, 7.0)]
    [InlineData("parentbased_traceidratio", "0.1", 1, null)]
    public void A_sampler_of_the_settings_samples_traces_and_spares_log_lines(
        string sampler, string argument, double ratio, double? perSecond)
    {
        using var provider = Services(
            (TelemetryExport.AzureMonitor, NoApplicationInsights), ("OTEL_TRACES_SAMPLER", sampler),
            ("OTEL_TRACES_SAMPLER_ARG", argument)).BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<AzureMonitorExporterOptions>>().CurrentValue;
        Assert.Equal(((float)ratio, perSecond), (options.SamplingRatio, options.TracesPerSecond));
        Assert.False(options.EnableTraceBasedLogsSampler);
    }

    internal static IServiceCollection Services(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value))
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(DelegatedTokenCredential.Create((_, _) => new AccessToken("t", DateTimeOffset.MaxValue)))
            .AddLogging()
            .Configure<AzureMonitorExporterOptions>(options => options.DisableOfflineStorage = true)
            .AddMetrics()
            .AddSingleton<QueueMeasures>()
            .AddSingleton<AtriumMetrics>()
            .AddCallLineFilter()
            .AddTelemetryExport(configuration);
    }

    internal static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Attempted {DeliveryId}")]
        public static partial void Attempted(ILogger logger, string deliveryId);
    }
}
