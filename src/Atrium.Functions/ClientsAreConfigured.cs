using Atrium.Functions.Subscriptions;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Azure.Security.KeyVault.Secrets;

namespace Atrium.Functions;

/// <summary>
/// Creates every client before the app starts. An invalid setting stops the app here, before the worker tells its host
/// that it takes work.
/// </summary>
internal sealed class ClientsAreConfigured(IServiceProvider services) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<ServiceBusClient>();
        services.GetRequiredService<TableServiceClient>();
        services.GetRequiredService<SecretClient>();
        services.GetRequiredService<BackupContainer>();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
