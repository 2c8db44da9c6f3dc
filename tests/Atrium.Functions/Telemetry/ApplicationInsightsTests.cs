using System.Text.Json;
using Atrium.Functions.Telemetry;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>
/// What the exporter makes of a log line, which the queries under infra/ build on. With those of <see
/// cref="ExportTests"/>, for the same reason.
/// </summary>
[Collection(nameof(ExportTests))]
public sealed partial class ApplicationInsightsTests
{
    // Nothing listens there: what would be sent is kept.
    const string Insights =
        "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://127.0.0.1:1/";

    [Fact]
    public void A_line_goes_to_AppTraces_with_its_text()
    {
        var (kind, line) = Sent(logger => Log.Late(logger, "vault"));

        Assert.Equal("MessageData", kind);
        Assert.Equal("The vault is late", line.GetProperty("message").GetString());
        Assert.Equal("vault", line.GetProperty("properties").GetProperty("Dependency").GetString());
        Assert.False(line.GetProperty("properties").TryGetProperty("OriginalFormat", out _));
    }

    [Fact]
    public void A_line_with_an_exception_goes_to_AppExceptions_with_its_template_and_without_its_text()
    {
        var (kind, line) = Sent(logger => Log.Failed(logger, new TimeoutException("No answer."), "vault"));

        Assert.Equal("ExceptionData", kind);
        Assert.Equal(
            "The {Dependency} failed", line.GetProperty("properties").GetProperty("OriginalFormat").GetString());
        Assert.Equal("vault", line.GetProperty("properties").GetProperty("Dependency").GetString());
        Assert.Equal("Error", line.GetProperty("severityLevel").GetString());
        Assert.Equal(
            "No answer.",
            Assert.Single(line.GetProperty("exceptions").EnumerateArray()).GetProperty("message").GetString());
        Assert.DoesNotContain("The vault failed", line.GetRawText(), StringComparison.Ordinal);
    }

    static (string Kind, JsonElement Line) Sent(Action<ILogger> log)
    {
        var ingestion = new RecordingIngestion();
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new(TelemetryExport.AzureMonitor, Insights)])
            .Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(settings)
            .AddSingleton(DelegatedTokenCredential.Create((_, _) => new AccessToken("t", DateTimeOffset.MaxValue)))
            .AddLogging()
            .Configure<AzureMonitorExporterOptions>(options =>
            {
                options.DisableOfflineStorage = true;
                options.Transport = new HttpClientTransport(ingestion);
            })
            .AddTelemetryExport(settings);
        // When it ends it sends what it still holds.
        using (var provider = services.BuildServiceProvider())
        {
            log(provider.GetRequiredService<ILogger<ApplicationInsightsTests>>());
        }

        // Metrics are sent on the way, too.
        return Assert.Single(
            from item in ingestion.Items
            let data = item.GetProperty("data")
            let kind = data.GetProperty("baseType").GetString()
            where kind is "MessageData" or "ExceptionData"
            select (kind, data.GetProperty("baseData")));
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The {Dependency} is late")]
        public static partial void Late(ILogger logger, string dependency);

        [LoggerMessage(2, LogLevel.Error, "The {Dependency} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string dependency);
    }
}
