using System.Net;
using System.Text;

namespace Atrium.EndToEnd;

/// <summary>
/// What one run of the app exports: of an event whose first attempt fails and whose second does not, and of one that is
/// delivered at once.
/// </summary>
public sealed class ExportedRun : IAsyncLifetime
{
    /// <summary>The trace of the event that is delivered at its second attempt.</summary>
    public const string Retried = "0af7651916cd43dd8448eb211c80319c";

    /// <summary>The trace of the event that is delivered at once.</summary>
    public const string Delivered = "1af7651916cd43dd8448eb211c80319c";

    /// <summary>Where the receiver takes them.</summary>
    public const string Path = "never-in-telemetry";

    const int ClockSpeed = 40;

    internal Collector Collector { get; private set; } = null!;

    internal IReadOnlyCollection<Received> Requests { get; private set; } = [];

    public async Task InitializeAsync()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        Collector = await Collector.StartAsync();
        await using var app = await RunningApp.StartAsync(
            state, ClockSpeed,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"{Collector.Url}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
            // As it is without tests.
            ("Logging__LogLevel__Atrium.Functions.Events.FanOut", "Information"));
        var id = (await app.SubscribeAsync(new Uri(receiver.Url, Path), ["*"])).Id;
        receiver.Answer = (_, number) => number == 1 ? 500 : 200;
        await PublishAsync(app, Retried, Events.Numbered(1));
        await receiver.NextAsync(2);
        receiver.Answer = (_, _) => 200;
        await PublishAsync(app, Delivered, Events.Numbered(2));
        await app.RecordedAsync(id, 3);
        await app.RunTimerAsync("KeepUp");
        await Collector.ReceivedAsync("metrics", "webhook.queue.oldest_age");
        // What has not left by then, leaves when the app stops.
        Assert.Equal(0, await app.Process.InterruptAsync());
        Requests = receiver.All;
    }

    public async Task DisposeAsync() => await Collector.DisposeAsync();

    /// <summary>The lines of the log in a trace.</summary>
    internal IEnumerable<byte[]> LinesOf(string trace) => Collector.Of("logs").SelectMany(ExportedLine.Of)
        .Where(line => line.TraceId == trace).Select(line => line.Record);

    static async Task PublishAsync(RunningApp app, string trace, string body)
    {
        using var answer = await app.PersistAsync(() => new(
            HttpMethod.Post, new Uri("api/events?tenant=default", UriKind.Relative))
        {
            Headers = { { "traceparent", $"00-{trace}-b7ad6b7169203331-01" } },
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }
}
