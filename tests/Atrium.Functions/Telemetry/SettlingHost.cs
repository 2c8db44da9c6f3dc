using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>The part of a Functions host that settles messages: says yes to every call.</summary>
sealed class SettlingHost : IAsyncDisposable
{
    // An empty message: not compressed, of length 0.
    static readonly byte[] Empty = new byte[5];

    readonly WebApplication _app;

    SettlingHost(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public static async Task<SettlingHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(
            server => server.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        var host = new SettlingHost(builder.Build());
        host._app.Run(static async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(Empty);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await host._app.StartAsync();
        return host;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
