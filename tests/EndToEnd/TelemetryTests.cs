using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Atrium.EndToEnd;

public sealed class TelemetryTests
{
    const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    const string Path = "never-in-telemetry";

    // What a success may cost, whatever the page says.
    const int MostBytesOfASuccess = 700;

    // Ids and times make a line some bytes longer or shorter.
    const double Near = 0.05;

    static readonly string[] Steps = ["ingest", "fan-out", "deliver"];
    static readonly string[] Signals = ["traces", "metrics", "logs"];

    [Fact]
    public async Task A_collector_gets_one_trace_from_event_to_retry_with_metrics_and_log_lines_and_no_url()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, number) => number == 1 ? 500 : 200;
        await using var collector = await Collector.StartAsync();
        await using var app = await StartAsync(state, collector, clockSpeed: 40);
        await app.SubscribeAsync(new Uri(receiver.Url, Path), ["*"]);
        await PublishAsync(app);

        var requests = await receiver.NextAsync(2);
        await app.RunTimerAsync("KeepUp");
        await collector.ReceivedAsync("metrics", "webhook.queue.oldest_age");
        // What has not left by then, leaves when the app stops.
        Assert.Equal(0, await app.Process.InterruptAsync());

        var names = collector.Of("traces").SelectMany(ExportedSpan.Of).Where(span => span.TraceId == TraceId)
            .Select(span => span.Name);
        Assert.Equal(
            ["deliver", "deliver", "fan-out", "ingest"], names.Where(Steps.Contains).Order(StringComparer.Ordinal));
        Assert.Contains("webhook.delivery.attempts", collector.Text("metrics"), StringComparison.Ordinal);
        Assert.Contains("webhook.delivery.lag", collector.Text("metrics"), StringComparison.Ordinal);
        Assert.Contains("Delivery attempted: Retrying", collector.Text("logs"), StringComparison.Ordinal);
        Assert.Contains("SubscriptionId", collector.Text("logs"), StringComparison.Ordinal);
        Assert.All(requests, received => Assert.DoesNotContain("traceparent", received.Headers.Keys));
        Assert.All(Signals, signal => Assert.DoesNotContain(Path, collector.Text(signal), StringComparison.Ordinal));
    }

    // What a success costs in the log: docs/operations-cost.md has the figure.
    [Fact]
    public async Task A_delivery_that_succeeds_at_once_is_one_short_line_of_the_log()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var collector = await Collector.StartAsync();
        await using var app = await StartAsync(
            state, collector, clockSpeed: 1, ("Logging__LogLevel__Atrium.Functions.Events.FanOut", "Information"));
        var id = (await app.SubscribeAsync(new Uri(receiver.Url, Path), ["*"])).Id;
        await PublishAsync(app);
        await app.RecordedAsync(id, 1);
        Assert.Equal(0, await app.Process.InterruptAsync());

        var lines = collector.Of("logs").SelectMany(ExportedLine.Of).Where(line => line.TraceId == TraceId)
            .Select(line => line.Record).ToList();
        Assert.InRange(Assert.Single(lines).Length, 1, MostBytesOfASuccess);
        IsAsThePageSays(lines[0], "one short line: ([\\d,]+) bytes");
    }

    [Fact]
    public async Task An_attempt_that_fails_is_one_wide_line_of_the_log()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, _) => 500;
        await using var collector = await Collector.StartAsync();
        await using var app = await StartAsync(state, collector, clockSpeed: 1);
        var id = (await app.SubscribeAsync(new Uri(receiver.Url, Path), ["*"])).Id;
        await PublishAsync(app);
        await app.RecordedAsync(id, 1);
        Assert.Equal(0, await app.Process.InterruptAsync());

        var lines = collector.Of("logs").SelectMany(ExportedLine.Of).Where(line => line.TraceId == TraceId)
            .Select(line => line.Record)
            .Where(line => Encoding.UTF8.GetString(line).Contains("Delivery attempted: ", StringComparison.Ordinal));
        IsAsThePageSays(Assert.Single(lines), "its wide line, of about ([\\d,]+) bytes");
    }

    static void IsAsThePageSays(byte[] line, string figure)
    {
        var page = File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "operations-cost.md"));
        var said = int.Parse(
            Regex.Match(page, figure).Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        Assert.InRange(line.Length, said * (1 - Near), said * (1 + Near));
    }

    static Task<RunningApp> StartAsync(
        TemporaryFolder state, Collector collector, int clockSpeed, params (string, string)[] settings) =>
        RunningApp.StartAsync(
            state, clockSpeed,
            [
                ("OTEL_EXPORTER_OTLP_ENDPOINT", $"{collector.Url}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
                ("OTEL_METRIC_EXPORT_INTERVAL", "1000"), .. settings,
            ]);

    static async Task PublishAsync(RunningApp app)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post,
            new Uri("api/events?tenant=default", UriKind.Relative));
        request.Content = new StringContent(Events.CheckedIn, Encoding.UTF8, "application/json");
        request.Headers.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        using var answer = await app.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }
}
