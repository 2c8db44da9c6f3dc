using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Atrium.EndToEnd;

/// <summary>A collector of OpenTelemetry that keeps what it is sent, as protobuf over HTTP.</summary>
internal sealed class Collector : IAsyncDisposable
{
    readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();
    readonly SemaphoreSlim _came = new(0);
    WebApplication? _app;

    public Uri Url => new(_app!.Urls.First());

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        collector._app = builder.Build();
        collector._app.Urls.Add("http://127.0.0.1:0");
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>All of a signal: <c>traces</c>, <c>metrics</c> or <c>logs</c>.</summary>
    public IReadOnlyList<byte[]> Of(string signal) =>
        [.. _received.Where(received => received.Path == $"/v1/{signal}").Select(received => received.Body)];

    /// <summary>The same as text: protobuf has texts as they are.</summary>
    public string Text(string signal) => string.Concat(Of(signal).Select(Encoding.UTF8.GetString));

    /// <summary>Waits until a signal has a text in it.</summary>
    public async Task ReceivedAsync(string signal, string text)
    {
        while (!Text(signal).Contains(text, StringComparison.Ordinal))
        {
            Assert.True(
                await _came.WaitAsync(Patience.Limit), $"No {signal} with {text} came within {Patience.Limit}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _came.Dispose();
    }

    async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _received.Enqueue((context.Request.Path, body.ToArray()));
        _came.Release();
        context.Response.ContentType = "application/x-protobuf";
    }
}
