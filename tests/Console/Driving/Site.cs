using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Atrium.BrowserTests;

/// <summary>Another web site, of an origin of its own, with one page.</summary>
internal sealed class Site : IAsyncDisposable
{
    readonly WebApplication _app;

    Site(WebApplication app) => _app = app;

    /// <summary>What its page is.</summary>
    public string Html { get; set; } = "";

    public Uri Origin { get; private set; } = null!;

    public static async Task<Site> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var site = new Site(builder.Build());
        site._app.Urls.Add("http://127.0.0.1:0");
        site._app.MapGet("/", () => Results.Text(site.Html, "text/html"));
        await site._app.StartAsync();
        site.Origin = new Uri(site._app.Urls.First());
        return site;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
