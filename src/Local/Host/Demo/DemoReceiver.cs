using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Atrium.Functions.Signing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host.Demo;

/// <summary>
/// A receiver as a customer would write one: it verifies each request, and is unavailable for the first attempt of each
/// delivery.
/// </summary>
internal sealed class DemoReceiver(TimeProvider time) : IAsyncDisposable
{
    readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>();
    readonly ConcurrentDictionary<string, int> _attempts = new();
    WebApplication? _app;

    /// <summary>The secret that the subscription was given.</summary>
    public SigningSecret? Secret { get; set; }

    /// <summary>Each request, when it has been answered.</summary>
    public ChannelReader<Request> Requests => _requests.Reader;

    public async Task<Uri> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapPost("/webhook", ReceiveAsync);
        await _app.StartAsync(cancellationToken);
        return new Uri(new Uri(_app.Urls.First()), "/webhook");
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var id = request.Headers["webhook-id"].ToString();
        var check = StandardWebhooks.Verify(
            id, request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], body.ToArray(), [Secret!],
            time.GetUtcNow());
        var attempt = _attempts.AddOrUpdate(id, 1, (_, before) => before + 1);
        var status = check != SignatureCheck.Valid
            ? StatusCodes.Status401Unauthorized
            : attempt == 1 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        using var document = JsonDocument.Parse(body.ToArray());
        _requests.Writer.TryWrite(new Request(
            id, document.RootElement.GetProperty("event").GetString()!, attempt, check, status, time.GetUtcNow()));
        return Results.StatusCode(status);
    }

    /// <summary>One request as received.</summary>
    internal sealed record Request(
        string Id, string Event, int Attempt, SignatureCheck Signature, int Status, DateTimeOffset At);
}
