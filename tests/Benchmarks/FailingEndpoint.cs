using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Atrium.Benchmarks;

/// <summary>An endpoint that fails in one of <see cref="DeadRun.Ways"/>, until it is back.</summary>
sealed class FailingEndpoint : IAsyncDisposable
{
    readonly Lock _gate = new();
    readonly ConcurrentDictionary<string, bool> _delivered = new();
    readonly Func<HttpContext, Task> _fail;
    WebApplication _server = null!;
    int _atOnce;

    FailingEndpoint(string way) => _fail = DeadRun.Ways[way];

    public string Url { get; private set; } = "";
    public DateTimeOffset? BackAt { get; private set; }
    public int Requests { get; private set; }
    public int MostAtOnce { get; private set; }

    /// <summary>The same since it is back.</summary>
    public int MostAtOnceBack { get; private set; }

    /// <summary>Deliveries that it has answered with success.</summary>
    public int Delivered => _delivered.Count;

    public static async Task<FailingEndpoint> StartAsync(string way)
    {
        var endpoint = new FailingEndpoint(way);
        endpoint._server = await DeadRun.ServerAsync(endpoint.AnswerAsync);
        endpoint.Url = endpoint._server.Urls.First();
        if (way == "refuses")
        {
            await endpoint._server.StopAsync();
        }

        return endpoint;
    }

    /// <summary>From now on, it answers at once. Requests under way fail as they would have.</summary>
    public async Task ComeBackAsync()
    {
        BackAt = TimeProvider.System.GetUtcNow();
        if (_server.Lifetime.ApplicationStopped.IsCancellationRequested)
        {
            _server = await DeadRun.ServerAsync(AnswerAsync, new Uri(Url).Port);
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task AnswerAsync(HttpContext http)
    {
        var isBack = BackAt is not null;
        lock (_gate)
        {
            Requests++;
            MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
            MostAtOnceBack = isBack ? Math.Max(MostAtOnceBack, _atOnce) : 0;
        }

        try
        {
            await (isBack ? Task.CompletedTask : _fail(http));
            if (isBack)
            {
                _delivered[http.Request.Headers["webhook-id"].ToString()] = true;
            }
        }
        finally
        {
            lock (_gate)
            {
                _atOnce--;
            }
        }
    }
}
