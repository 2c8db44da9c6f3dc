using Azure.Core;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>The clients of the triggers: one for each connection, shared by its triggers.</summary>
internal sealed class ServiceBusClients(IServiceProvider services, ServiceBusSettings serviceBus) : IAsyncDisposable
{
    readonly Dictionary<ServiceBusAddress, ServiceBusClient> _byAddress = [];

    /// <exception cref="HostStartException">The setting is missing, or cannot be read.</exception>
    public ServiceBusClient For(string connection, string reader)
    {
        var address = ServiceBusAddress.Find(services.GetRequiredService<IConfiguration>(), connection, reader);
        if (!_byAddress.TryGetValue(address, out var client))
        {
            try
            {
                client = _byAddress[address] = (services.GetService<OpenServiceBus>() ?? Open)(address, Options(serviceBus.Retry));
            }
            catch (Exception unreadable) when (unreadable is FormatException or ArgumentException)
            {
                throw new HostStartException($"The Service Bus connection in the setting {connection}, which the {reader} takes, cannot be used: {unreadable.Message} Correct the setting.", unreadable);
            }
        }

        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _byAddress.Values)
        {
            await client.DisposeAsync();
        }
    }

    ServiceBusClient Open(ServiceBusAddress address, ServiceBusClientOptions options)
    {
        if (address.ConnectionString is { } connectionString)
        {
            return new(connectionString, options);
        }

        var credential = services.GetService<TokenCredential>() ?? throw new ArgumentException(
            "a namespace is entered with an identity, and the app has registered no TokenCredential. Register one, or set a connection string.");
        return new(address.FullyQualifiedNamespace!, credential, options);
    }

    static ServiceBusClientOptions Options(ClientRetrySettings retry) => new()
    {
        RetryOptions = new()
        {
            Mode = retry.Exponential ? ServiceBusRetryMode.Exponential : ServiceBusRetryMode.Fixed,
            MaxRetries = retry.MaxRetries,
            Delay = retry.Delay,
            MaxDelay = retry.MaxDelay,
            TryTimeout = retry.TryTimeout,
        },
    };
}
