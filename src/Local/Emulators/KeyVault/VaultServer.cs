using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>Puts the vault's web server together.</summary>
internal static class VaultServer
{
    public static WebApplication Build(
        KeyVaultEmulatorOptions options, VaultDatabase database, X509Certificate2 certificate, TimeProvider clock,
        ILoggerFactory loggerFactory)
    {
        // Empty: settings of the app around it (ASPNETCORE_URLS and the like) do not apply to the vault.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoSignals>());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            foreach (var address in Addresses(options.Port))
            {
                kestrel.Listen(address, options.Port, listen => listen.UseHttps(certificate));
            }
        });

        // The exception reports a failed start. Requests are not logged: their paths name the secrets.
        builder.Logging
            .AddProvider(new ForwardedLog(loggerFactory))
            .SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);

        var server = builder.Build();
        server.Use(BearerChallenge.InvokeAsync);
        var view = new SecretView(options.PurgeProtection);
        var deleted = new DeletedSecretStore(database, clock);
        new SecretRoutes(new SecretStore(database, clock), deleted, view).Map(server);
        new DeletedSecretRoutes(deleted, view, options.PurgeProtection).Map(server);
        server.MapFallback((HttpRequest request) => VaultError.UnknownOperation(request));
        return server;
    }

    // Any free port of one address may be taken on the other; and the emulator's own clients dial 127.0.0.1.
    static IEnumerable<IPAddress> Addresses(int port) =>
        port == 0 || !LoopbackPort.HasIPv6 ? [IPAddress.Loopback] : [IPAddress.Loopback, IPAddress.IPv6Loopback];
}
