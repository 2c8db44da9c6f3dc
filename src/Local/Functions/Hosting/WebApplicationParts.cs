using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>The server and logging of the web application, as a person at a console wants them.</summary>
internal static class WebApplicationParts
{
    /// <summary>The real host's limit for a request's body: 100 MB.</summary>
    const long MaxRequestBodySize = 100 * 1024 * 1024;

    const string AnyOrigin = "*";

    /// <summary>One line an event, the framework's own only when something is wrong; the section <c>Logging</c> of the settings has the last word.</summary>
    public static void AddLocalLogging(this WebApplicationBuilder web)
    {
        web.Logging
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
            })
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)
            // A failure to start is thrown as well, and shown once.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
            .AddConfiguration(web.Configuration.GetSection("Logging"));
    }

    public static void AddLogLevels(this WebApplicationBuilder web, IConfiguration hostJson)
    {
        // This category would log every request's query, and so the keys that are given there.
        web.Logging.AddConfiguration(hostJson).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
    }

    public static void AddLoopbackServer(this WebApplicationBuilder web, LoopbackPort port, LocalSettings local)
    {
        web.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = MaxRequestBodySize;
            port.Listen(server);
        });
        web.Services.AddRouting();
        if (local.CorsOrigins.Count > 0)
        {
            web.Services.AddCors();
        }

        // A mistake in the app's services is found at start and not at the first request for them.
        web.Host.UseDefaultServiceProvider(provider => provider.ValidateScopes = provider.ValidateOnBuild = web.Environment.IsDevelopment());
    }

    public static void UseLocalCors(this WebApplication web, LocalSettings local)
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
                .SetIsOriginAllowed(origin => any || local.CorsOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase));
            _ = local.CorsCredentials ? policy.AllowCredentials() : policy;
        });
    }
}
