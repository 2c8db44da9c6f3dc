using Atrium.Local.Emulators;
using Atrium.Local.Host.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host.Http;

/// <summary>
/// The web servers of the host: the one that callers see, and the one for its worker. Neither hears of signals or
/// settings that are the app's.
/// </summary>
internal static class WebServers
{
    /// <summary>
    /// The real host's limit for a request's body (https://github.com/Azure/azure-functions-host/pull/9471).
    /// </summary>
    public const long MaxRequestBodySize = 210_000_000;

    const string AnyOrigin = "*";

    /// <summary>A server that listens nowhere yet.</summary>
    public static WebApplicationBuilder Create(ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoSignals>());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = MaxRequestBodySize;
        });
        return builder;
    }

    /// <summary>The addresses that a started server listens on, in the order in which they were asked for.</summary>
    public static IReadOnlyList<Uri> Addresses(WebApplication web) =>
    [
        .. web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => new Uri(address)),
    ];

    public static void UseLocalCors(WebApplication web, LocalSettings local)
    {
        if (local.CorsOrigins.Count == 0)
        {
            return;
        }

        web.UseCors(policy =>
        {
            // Not AllowAnyOrigin: a policy may not join that with credentials, and a settings file may.
            var any = local.CorsOrigins.Contains(AnyOrigin);
            policy.AllowAnyHeader().AllowAnyMethod()
                .SetIsOriginAllowed(origin =>
                    any || local.CorsOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase));
            _ = local.CorsCredentials ? policy.AllowCredentials() : policy;
        });
    }
}
