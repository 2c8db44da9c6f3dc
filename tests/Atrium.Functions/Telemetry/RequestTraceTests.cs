using System.Diagnostics;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using OpenTelemetry.Trace;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>With those of <see cref="ExportTests"/>, since one of these has an exporter as well.</summary>
[Collection(nameof(ExportTests))]
public sealed class RequestTraceTests
{
    const string OfHost = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const string OfClient = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

    readonly FakeLogger<ProblemMiddleware> _logger = new();
    readonly HttpContext _http = HttpCall.Context();

    public static TheoryData<string> Rubbish =>
    [
        "", "rubbish", "00-00000000000000000000000000000000-b7ad6b7169203331-01", OfHost + "-and-more",
        OfHost.ToUpperInvariant(),
    ];

    [Fact]
    public async Task A_problem_tells_the_hosts_trace_though_nobody_listens_and_so_does_its_log_line()
    {
        _http.Request.Headers.TraceParent = OfClient;
        Assert.Equal(Id(OfHost), await ProblemsTraceAsync(OfHost));
        Assert.EndsWith(
            $"answered 500, trace {Id(OfHost)}", Assert.Single(_logger.Collector.GetSnapshot()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_hosts_it_tells_the_clients()
    {
        _http.Request.Headers.TraceParent = OfClient;
        Assert.Equal(Id(OfClient), await ProblemsTraceAsync(""));
    }

    [Theory]
    [MemberData(nameof(Rubbish))]
    public async Task Without_either_or_with_a_broken_one_it_tells_one_of_its_own(string rubbish)
    {
        _http.Request.Headers.TraceParent = rubbish;
        var first = await ProblemsTraceAsync(rubbish);
        Assert.Matches("^(?!0{32})[0-9a-f]{32}$", first);
        Assert.NotEqual(first, await ProblemsTraceAsync(rubbish));
    }

    [Fact]
    public async Task With_an_exporter_it_tells_the_trace_that_is_exported()
    {
        List<Activity> exported = [];
        var services = ExportTests.Services((TelemetryExport.Otlp, ExportTests.NoCollector));
        services.ConfigureOpenTelemetryTracerProvider(builder => builder.AddInMemoryExporter(exported));
        using var provider = services.BuildServiceProvider();
        Assert.NotNull(provider.GetRequiredService<TracerProvider>());
        using var worker = new ActivitySource("Microsoft.Azure.Functions.Worker");

        string told;
        using (worker.StartActivity("Invoke", ActivityKind.Server, ActivityContext.Parse(OfHost, null)))
        {
            told = await ProblemsTraceAsync(OfHost);
        }

        Assert.Equal(Id(OfHost), told);
        Assert.Equal(told, Assert.Single(exported).TraceId.ToHexString());
    }

    [Theory]
    [InlineData(OfHost)]
    [InlineData("")]
    public async Task A_trace_that_nobody_keeps_does_not_go_on_with_an_event(string traceParent)
    {
        var properties = new Dictionary<string, object>();
        await RunAsync(new FakeFunctionContext(_http, traceParent: traceParent), _ =>
        {
            Assert.NotNull(Problem.TraceId);
            properties = new(Some.Event().Write(Some.Time).ApplicationProperties);
            return Task.CompletedTask;
        });
        Assert.NotEmpty(properties);
        Assert.DoesNotContain(MessageTrace.Property, properties.Keys);
    }

    [Fact]
    public async Task A_function_of_a_queue_has_no_trace_but_its_messages()
    {
        await RunAsync(new FakeFunctionContext(traceParent: OfHost), _ =>
        {
            Assert.Null(Activity.Current);
            return Task.CompletedTask;
        });
        Assert.Null(Activity.Current);
    }

    static string Id(string traceParent) => traceParent.Split('-')[1];

    async Task<string> ProblemsTraceAsync(string traceParent)
    {
        _http.Response.Body = new MemoryStream();
        await RunAsync(
            new FakeFunctionContext(_http, traceParent: traceParent),
            context => new ProblemMiddleware(Some.Outages(), Some.FailedRequests(), _logger)
                .Invoke(context, _ => throw new InvalidOperationException()));
        Assert.NotEqual(traceParent, Activity.Current?.Id);
        return HttpCall.Answer(_http).Json.GetProperty("traceId").GetString()!;
    }

    static Task RunAsync(FunctionContext context, FunctionExecutionDelegate function) =>
        new RequestTraceMiddleware().Invoke(context, context => function(context));
}
