using Atrium.Local.Host.Settings;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.ServiceBus;

/// <summary>The clients of the triggers: one for each connection, shared by its triggers.</summary>
internal sealed class ServiceBusClients(IConfiguration settings, ServiceBusSettings serviceBus) : IAsyncDisposable
{
    readonly Dictionary<ServiceBusAddress, ServiceBusClient> _byAddress = [];

    /// <exception cref="HostStartException">The setting is missing, or cannot be read.</exception>
    public ServiceBusClient For(string connection, string reader)
    {
        var address = ServiceBusAddress.Of(settings, connection, reader);
        if (!_byAddress.TryGetValue(address, out var client))
        {
            try
            {
                client = _byAddress[address] = Open(address, Options(serviceBus.Retry));
            }
            catch (Exception unreadable) when (unreadable is FormatException or ArgumentException)
            {
                throw new HostStartException(
                    $"The Service Bus connection in the setting {connection}, which the {reader} takes, "
                    + $"cannot be used: {unreadable.Message} Correct the setting.",
                    unreadable);
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

    static ServiceBusClient Open(ServiceBusAddress address, ServiceBusClientOptions options) =>
        address.ConnectionString is { } connectionString
            ? new(connectionString, options)
            : new(address.FullyQualifiedNamespace!, new DefaultAzureCredential(), options);

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
