using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Atrium.EndToEnd;

public sealed class TelemetryTests(ExportedRun run) : IClassFixture<ExportedRun>
{
    // What a success may cost, whatever the page says.
    const int MostBytesOfASuccess = 700;

    // Ids and times make a line some bytes longer or shorter.
    const double Near = 0.05;

    static readonly string[] Steps = ["ingest", "fan-out", "deliver"];
    static readonly string[] Signals = ["traces", "metrics", "logs"];

    [Fact]
    public void A_collector_gets_one_trace_from_event_to_retry_with_metrics_and_log_lines_and_no_url()
    {
        var collector = run.Collector;
        var names = collector.Of("traces").SelectMany(ExportedSpan.Of)
            .Where(span => span.TraceId == ExportedRun.Retried).Select(span => span.Name);
        Assert.Equal(
            ["deliver", "deliver", "fan-out", "ingest"], names.Where(Steps.Contains).Order(StringComparer.Ordinal));
        Assert.Contains("webhook.delivery.attempts", collector.Text("metrics"), StringComparison.Ordinal);
        Assert.Contains("webhook.delivery.lag", collector.Text("metrics"), StringComparison.Ordinal);
        Assert.Contains("SubscriptionId", collector.Text("logs"), StringComparison.Ordinal);
        Assert.All(run.Requests, received => Assert.DoesNotContain("traceparent", received.Headers.Keys));
        Assert.All(
            Signals,
            signal => Assert.DoesNotContain(ExportedRun.Path, collector.Text(signal), StringComparison.Ordinal));
    }

    // What a success costs in the log: docs/operations-cost.md has the figure.
    [Fact]
    public void A_delivery_that_succeeds_at_once_is_one_short_line_of_the_log()
    {
        var line = Assert.Single(run.LinesOf(ExportedRun.Delivered));
        Assert.InRange(line.Length, 1, MostBytesOfASuccess);
        IsAsThePageSays(line, "one short line: ([\\d,]+) bytes");
    }

    [Fact]
    public void An_attempt_that_fails_is_one_wide_line_of_the_log()
    {
        var lines = run.LinesOf(ExportedRun.Retried)
            .Where(line => Encoding.UTF8.GetString(line).Contains(
                "Delivery attempted: Retrying", StringComparison.Ordinal));
        IsAsThePageSays(Assert.Single(lines), "its wide line, of about ([\\d,]+) bytes");
    }

    static void IsAsThePageSays(byte[] line, string figure)
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "operations-cost.md"));
        var said = int.Parse(
            Regex.Match(page, figure).Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        Assert.InRange(line.Length, said * (1 - Near), said * (1 + Near));
    }
}
