using Atrium.Local.Host.Settings;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.ServiceBus;

/// <summary>The clients of the triggers: one for each connection, shared by its triggers.</summary>
internal sealed class ServiceBusClients(IConfiguration settings, ServiceBusSettings serviceBus) : IAsyncDisposable
{
    readonly Dictionary<ServiceBusAddress, ServiceBusClient> _byAddress = [];

    /// <exception cref="HostStartException">The setting is missing, cannot be read, or is for another
    /// queue.</exception>
    public ServiceBusClient For(string connection, string queue, string reader)
    {
        var address = ServiceBusAddress.Of(settings, connection, reader);
        try
        {
            if (address.EntityPath is { Length: > 0 } only
                && !only.Equals(queue, StringComparison.OrdinalIgnoreCase))
            {
                throw Refused(
                    $"is for {only} alone (EntityPath), and the queue is {queue}. The portal shows such a one "
                    + "for a queue's own policy: take one of the namespace's policies, and leave EntityPath out.");
            }

            if (!_byAddress.TryGetValue(address, out var client))
            {
                client = _byAddress[address] = Open(address, Options(serviceBus.Retry));
            }

            return client;
        }
        catch (Exception unreadable) when (unreadable is FormatException or ArgumentException)
        {
            throw Refused($"cannot be used: {unreadable.Message} Correct the setting.", unreadable);
        }

        HostStartException Refused(string why, Exception? cause = null) => new(
            $"The Service Bus connection in the setting {connection}, which the {reader} takes, {why}", cause);
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
