using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Atrium.EndToEnd;

/// <summary>A customer's endpoint whose answers the test sets.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    readonly Channel<Received> _arrivals = Channel.CreateUnbounded<Received>();
    readonly ConcurrentQueue<Received> _all = new();
    readonly ConcurrentQueue<Received> _answered = new();
    int _requests;
    WebApplication? _app;

    /// <summary>
    /// Gives the status for a request and its number among those with the same <c>webhook-id</c>, from 1.
    /// </summary>
    public Func<Received, int, int> Answer { get; set; } = (_, _) => StatusCodes.Status204NoContent;

    /// <summary>
    /// Awaited before each answer, given the number of requests until then; a request whose client goes away meanwhile
    /// is not answered.
    /// </summary>
    public Func<int, Task> Gate { get; set; } = _ => Task.CompletedTask;

    /// <summary>
    /// Awaited before each answer, given the request and its number among those with the same <c>webhook-id</c>, from
    /// 1.
    /// </summary>
    public Func<Received, int, Task> Hold { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What it asks for with an answer of 503.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Whether it answers with all headers of the request, as a page for debugging may.</summary>
    public bool Echoes { get; set; }

    /// <summary>The body of its answers, but for those without content.</summary>
    public byte[] Body { get; set; } = [];

    public Uri Url { get; private set; } = null!;

    /// <summary>The requests that were answered.</summary>
    public IReadOnlyCollection<Received> Answered => _answered;

    /// <summary>All requests until now.</summary>
    public IReadOnlyCollection<Received> All => _all;

    public static async Task<Receiver> StartAsync()
    {
        var receiver = new Receiver();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        receiver._app = builder.Build();
        receiver._app.Urls.Add("http://127.0.0.1:0");
        receiver._app.Run(receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        receiver.Url = new Uri(receiver._app.Urls.First());
        return receiver;
    }

    /// <summary>The next <paramref name="count"/> requests that nobody has waited for yet.</summary>
    public async Task<IReadOnlyList<Received>> NextAsync(int count)
    {
        var received = new List<Received>();
        while (received.Count < count)
        {
            received.Add(await _arrivals.Reader.ReadAsync().AsTask().Soon());
        }

        return received;
    }

    /// <summary>Reads requests until those that arrived satisfy the condition.</summary>
    public async Task UntilAsync(Func<IReadOnlyCollection<Received>, bool> satisfied)
    {
        while (!satisfied(_all))
        {
            await _arrivals.Reader.ReadAsync().AsTask().Soon();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var received = new Received(
            context.Request.Path,
            context.Request.Method,
            context.Request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray(),
            TimeProvider.System.GetUtcNow());
        _all.Enqueue(received);
        await Gate(Interlocked.Increment(ref _requests)).WaitAsync(context.RequestAborted);
        var number = _all.Count(other => other.Id == received.Id);
        await Hold(received, number).WaitAsync(context.RequestAborted);
        _answered.Enqueue(received);
        context.Response.StatusCode = Answer(received, number);
        if (RetryAfter is { } wait && context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = $"{wait.TotalSeconds:F0}";
        }

        if (Echoes && context.Response.StatusCode != StatusCodes.Status204NoContent)
        {
            await context.Response.WriteAsJsonAsync(received.Headers);
        }
        else if (Body.Length > 0 && context.Response.StatusCode != StatusCodes.Status204NoContent)
        {
            await context.Response.Body.WriteAsync(Body);
        }

        _arrivals.Writer.TryWrite(received);
    }
}
