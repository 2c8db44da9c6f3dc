using Atrium.Functions.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>With those of <see cref="ExportTests"/>, for the same reason.</summary>
[Collection(nameof(ExportTests))]
public sealed partial class CallLineFilterTests
{
    const string SettlementCalls = "System.Net.Http.HttpClient.CallInvokerExtractor.LogicalHandler";

    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", false)]
    [InlineData("Microsoft.AspNetCore.Routing.EndpointMiddleware", false)]
    [InlineData(SettlementCalls, false)]
    [InlineData("System.Net.Http.HttpClient.CallInvokerExtractor.ClientHandler", false)]
    [InlineData("Atrium.Functions.Deliveries.DeliverFunction", true)]
    public void A_line_about_a_call_as_such_does_not_leave(string category, bool leaves) =>
        Assert.Equal(leaves, Leaves(category, _ => { }));

    [Theory]
    [InlineData("LogLevel:Microsoft.AspNetCore")]
    [InlineData("LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("LogLevel:microsoft.aspnetcore.hosting.diagnostics*")]
    [InlineData("OpenTelemetry:LogLevel:Default")]
    [InlineData("OpenTelemetry:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("OpenTelemetry:LogLevel:Microsoft.AspNetCore.Hosting.Diag*nostics")]
    public void No_setting_lets_a_line_out_with_a_query_and_so_with_a_key(string setting) =>
        Assert.False(
            Leaves("Microsoft.AspNetCore.Hosting.Diagnostics", logging => logging.AddConfiguration(Debug(setting))));

    // At Debug and below, it says what a key is that cannot be read.
    [Theory]
    [InlineData("LogLevel:Default")]
    [InlineData("LogLevel:Microsoft.AspNetCore")]
    [InlineData("LogLevel:Microsoft.AspNetCore.DataProtection")]
    [InlineData("LogLevel:microsoft.aspnetcore.dataprotection.keymanagement.xmlkeymanager")]
    [InlineData("LogLevel:Microsoft.AspNetCore.Data*XmlKeyManager")]
    [InlineData("OpenTelemetry:LogLevel:Default")]
    [InlineData("OpenTelemetry:LogLevel:Microsoft.AspNetCore.DataProtection")]
    public void No_setting_lets_a_line_out_with_a_key_of_the_portals(string setting)
    {
        Assert.False(LeavesAt(LogLevel.Debug));
        Assert.Equal(setting != "LogLevel:Default", LeavesAt(LogLevel.Information));

        bool LeavesAt(LogLevel level) => Leaves(
            "Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager",
            logging => logging.AddConfiguration(Debug(setting)), level);
    }

    [Theory]
    [InlineData("LogLevel:Microsoft.AspNetCore")]
    [InlineData("OpenTelemetry:LogLevel:Default")]
    public void A_setting_lets_out_other_lines_about_requests(string setting) =>
        Assert.True(
            Leaves(
            "Microsoft.AspNetCore.Routing.EndpointMiddleware", logging => logging.AddConfiguration(Debug(setting))));

    [Theory]
    [InlineData("LogLevel:System.Net.Http.HttpClient")]
    [InlineData("LogLevel:system.net.http.httpclient")]
    [InlineData("LogLevel:System.Net.Http.HttpClient.CallInvokerExtractor")]
    [InlineData("OpenTelemetry:LogLevel:Default")]
    public void A_setting_lets_out_the_lines_about_calls_that_a_client_makes(string setting) =>
        Assert.True(Leaves(SettlementCalls, logging => logging.AddConfiguration(Debug(setting))));

    [Theory]
    [InlineData("LogLevel:Default")]
    [InlineData("LogLevel:Atrium")]
    public void A_setting_about_others_does_not(string setting) =>
        Assert.False(Leaves(SettlementCalls, logging => logging.AddConfiguration(Debug(setting))));

    static IConfiguration Debug(string setting) =>
        new ConfigurationBuilder().AddInMemoryCollection([new(setting, "Debug")]).Build();

    static bool Leaves(string category, Action<ILoggingBuilder> levels, LogLevel level = LogLevel.Information)
    {
        List<LogRecord> lines = [];
        using var provider = new ServiceCollection()
            .AddLogging(levels)
            .Add(ExportTests.Services((TelemetryExport.Otlp, ExportTests.NoCollector)))
            .ConfigureOpenTelemetryLoggerProvider(builder => builder.AddInMemoryExporter(lines))
            .BuildServiceProvider();
        var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger(category);
        Line(logger, level);
        return lines.Count == 1;
    }

    [LoggerMessage("A line")]
    static partial void Line(ILogger logger, LogLevel level);
}
