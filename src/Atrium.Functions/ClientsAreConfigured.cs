using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Azure.Security.KeyVault.Secrets;

namespace Atrium.Functions;

/// <summary>Makes the clients at start, so that a missing setting shows then and not with the first event.</summary>
internal sealed class ClientsAreConfigured(IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<ServiceBusClient>();
        services.GetRequiredService<TableServiceClient>();
        services.GetRequiredService<SecretClient>();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
