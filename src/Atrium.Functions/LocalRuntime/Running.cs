using System.Text.Json;
using Atrium.Functions.Events;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Atrium.Functions.LocalRuntime;

/// <summary>Says what runs and where, on the console and for programs in <c>running.json</c> in the state folder.</summary>
internal sealed class Running(LocalStack stack, LocalSettings settings, LocalOptions options, IServer server, IHostApplicationLifetime lifetime)
    : IHostedService
{
    string File => Path.Combine(settings.State, "running.json");

    /// <summary>The address of the HTTP functions; known once the host has started.</summary>
    public static Uri Address(IServer server) =>
        new(server.Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Tell);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        System.IO.File.Delete(File);
        return Task.CompletedTask;
    }

    void Tell()
    {
        var address = Address(server);
        // Written under another name first: who finds the file finds it whole.
        System.IO.File.WriteAllText(File + ".new", JsonSerializer.Serialize(new
        {
            http = address,
            serviceBus = stack.ServiceBus,
            tables = stack.Tables?.ConnectionString,
            tablesProcess = stack.Tables?.ProcessId,
            keyVault = stack.KeyVault?.VaultUri,
        }));
        System.IO.File.Move(File + ".new", File, overwrite: true);

        Console.WriteLine();
        Show("Service Bus", stack.ServiceBus ?? "as the settings say");
        Show("Tables", stack.Tables is { } tables ? $"Azurite on port {tables.Port}" : "as the settings say");
        Show("Key Vault", stack.KeyVault?.VaultUri.AbsoluteUri ?? "as the settings say");
        Show("Data", settings.State);
        if (!options.Demo)
        {
            Console.WriteLine($$"""

                Subscribe:  curl -X POST {{address}}api/tenants/default/subscriptions -H 'content-type: application/json' \
                              -d '{"url":"http://localhost:9000/","events":["*"],"generateSecret":true}'
                Publish:    curl -X POST {{address}}api/events -H 'content-type: application/json' -d '{{EventSamples.PreRegistered}}'

                Ctrl-C stops all of it.
                """);
        }
    }

    static void Show(string what, string where) => Console.WriteLine($"  {what,-12} {where}");
}
