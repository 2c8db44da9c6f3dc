using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Azure.Security.KeyVault.Secrets;

namespace Atrium.Functions;

/// <summary>
/// Makes every client before anything of the app starts. A setting that cannot be used stops it there: the worker,
/// itself a hosted service, has not told its host yet that it takes work.
/// </summary>
internal sealed class ClientsAreConfigured(IServiceProvider services) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<ServiceBusClient>();
        services.GetRequiredService<TableServiceClient>();
        services.GetRequiredService<SecretClient>();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
