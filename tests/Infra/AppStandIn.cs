using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Atrium.Infra.Tests;

/// <summary>A server in the place of a deployed app. It gives the answers in order, and notes what it was asked.
/// </summary>
internal sealed class AppStandIn : IAsyncDisposable
{
    readonly ConcurrentQueue<string> _calls = [];
    readonly ConcurrentQueue<(int Status, string Body)> _answers;
    readonly WebApplication _server;

    AppStandIn((int Status, string Body)[] answers)
    {
        _answers = new(answers);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    /// <summary>Its address, without a path.</summary>
    public string Url => _server.Urls.Single();

    /// <summary>Method, path and key of each call; with a body also its type, event, and URL or visitor.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>Starts it on a free port.</summary>
    public static async Task<AppStandIn> StartAsync(params (int Status, string Body)[] answers)
    {
        var app = new AppStandIn(answers);
        await app._server.StartAsync();
        return app;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var call = $"{request.Method} {request.Path} {request.Headers["x-functions-key"]} ";
        if (request.ContentLength > 0)
        {
            using var body = await JsonDocument.ParseAsync(request.Body);
            call += $"{request.ContentType} {body.RootElement.GetProperty("event")} "
                + (body.RootElement.TryGetProperty("url", out var url) ? url : body.RootElement.GetProperty("visitor"));
        }

        _calls.Enqueue(call);
        var (status, text) = _answers.TryDequeue(out var answer) ? answer : (500, "no answer is left");
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(text);
    }
}
