using System.Reflection;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>
/// What the client logs that settles messages. With those of <see cref="ExportTests"/>, for the same reason.
/// </summary>
[Collection(nameof(ExportTests))]
public sealed class SettlementLinesTests : IAsyncLifetime
{
    SettlingHost _host = null!;

    public async Task InitializeAsync() => _host = await SettlingHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_settlement_leaves_no_line_in_the_log_and_none_is_exported() =>
        Assert.Equal((0, 0), await LinesAsync());

    [Fact]
    public async Task Four_would_leave_if_they_were_not_kept() =>
        Assert.Equal((4, 4), await LinesAsync("LogLevel:System.Net.Http.HttpClient"));

    async Task<(int Logged, int Exported)> LinesAsync(params string[] opened)
    {
        var log = new CountingLog();
        var levels = opened.ToDictionary(level => level, string? (_) => "Information");
        var settings = new ConfigurationBuilder().AddInMemoryCollection(levels).Build();
        List<LogRecord> exported = [];
        var services = ExportTests
            .Services((TelemetryExport.Otlp, ExportTests.NoCollector), ("Functions:Worker:HostEndpoint", _host.Url))
            .AddLogging(logging => logging.AddConfiguration(settings).AddProvider(log))
            .ConfigureOpenTelemetryLoggerProvider(builder => builder.AddInMemoryExporter(exported));
        new ServiceBusExtensionStartup().Configure(new Worker(services));
        await using var provider = services.BuildServiceProvider();
        var actions = await ActionsAsync(provider);
        await actions.CompleteMessageAsync(Some.Received(Some.Delivery()));
        return (log.Lines, exported.Count);
    }

    // As the worker makes them for a function's parameter.
    static async Task<ServiceBusMessageActions> ActionsAsync(IServiceProvider provider)
    {
        var converter = (IInputConverter)ActivatorUtilities.CreateInstance(
            provider, typeof(ServiceBusMessageActions).GetCustomAttribute<InputConverterAttribute>()!.ConverterType);
        return (ServiceBusMessageActions)(await converter.ConvertAsync(new Parameter())).Value!;
    }

    sealed class Worker(IServiceCollection services) : IFunctionsWorkerApplicationBuilder
    {
        public IServiceCollection Services => services;

        public IFunctionsWorkerApplicationBuilder Use(
            Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware) => this;
    }

    sealed class Parameter : ConverterContext
    {
        public override Type TargetType => typeof(ServiceBusMessageActions);
        public override object? Source => null;
        public override FunctionContext FunctionContext { get; } = new FakeFunctionContext();
        public override IReadOnlyDictionary<string, object> Properties { get; } = new Dictionary<string, object>();
    }

    sealed class CountingLog : ILoggerProvider, ILogger
    {
        int _lines;

        public int Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel level) => true;

        public void Log<TState>(
            LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> formatter) =>
            Interlocked.Increment(ref _lines);

        public void Dispose()
        {
        }
    }
}
