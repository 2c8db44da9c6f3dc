using Azure.Core;
using Azure.Messaging.ServiceBus.Wire;

namespace Azure.Messaging.ServiceBus;

/// <summary>One connection to a namespace, which its senders and receivers share. Safe for use by many threads at once; meant to live long.</summary>
public class ServiceBusClient : IAsyncDisposable
{
    readonly ServiceBusConnection? _connection;

    /// <summary>Makes a client for a test to override.</summary>
    protected ServiceBusClient()
    {
        FullyQualifiedNamespace = Identifier = "";
    }

    /// <summary>Makes a client. It connects when it is first used.</summary>
    /// <param name="connectionString">The address and key of the namespace.</param>
    /// <exception cref="ArgumentException">The string is null or empty, or lacks an address or a key.</exception>
    /// <exception cref="FormatException">The string cannot be read.</exception>
    public ServiceBusClient(string connectionString)
        : this(connectionString, new ServiceBusClientOptions())
    {
    }

    /// <summary>Makes a client. It connects when it is first used.</summary>
    /// <param name="connectionString">The address and key of the namespace.</param>
    /// <param name="options">How it connects and retries; null for the defaults.</param>
    /// <exception cref="ArgumentException">The string is null or empty, or lacks an address or a key.</exception>
    /// <exception cref="FormatException">The string cannot be read.</exception>
    public ServiceBusClient(string connectionString, ServiceBusClientOptions? options)
        : this(ServiceBusConnection.FromConnectionString(connectionString, options ?? new ServiceBusClientOptions()), options)
    {
    }

    /// <summary>Makes a client. It connects when it is first used.</summary>
    /// <param name="fullyQualifiedNamespace">The host name of the namespace.</param>
    /// <param name="credential">What gives tokens.</param>
    /// <exception cref="ArgumentException">The name is null, empty or no host name, or the credential is null.</exception>
    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential)
        : this(fullyQualifiedNamespace, credential, new ServiceBusClientOptions())
    {
    }

    /// <summary>Makes a client. It connects when it is first used.</summary>
    /// <param name="fullyQualifiedNamespace">The host name of the namespace.</param>
    /// <param name="credential">What gives tokens.</param>
    /// <param name="options">How it connects and retries; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is null, empty or no host name, or the credential is null.</exception>
    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential, ServiceBusClientOptions? options)
        : this(ServiceBusConnection.FromNamespace(fullyQualifiedNamespace, TokenSources.Of(credential), options ?? new ServiceBusClientOptions()), options)
    {
    }

    /// <summary>Makes a client. It connects when it is first used.</summary>
    /// <param name="fullyQualifiedNamespace">The host name of the namespace.</param>
    /// <param name="credential">The key's name and value.</param>
    /// <param name="options">How it connects and retries; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is null, empty or no host name, or the credential is null.</exception>
    public ServiceBusClient(string fullyQualifiedNamespace, AzureNamedKeyCredential credential, ServiceBusClientOptions? options = null)
        : this(
            ServiceBusConnection.FromNamespace(fullyQualifiedNamespace, TokenSources.Of(credential, TimeProvider.System), options ?? new ServiceBusClientOptions()),
            options)
    {
    }

    /// <summary>Makes a client. It connects when it is first used.</summary>
    /// <param name="fullyQualifiedNamespace">The host name of the namespace.</param>
    /// <param name="credential">A signature made beforehand.</param>
    /// <param name="options">How it connects and retries; null for the defaults.</param>
    /// <exception cref="ArgumentException">The name is null, empty or no host name, or the credential is null.</exception>
    public ServiceBusClient(string fullyQualifiedNamespace, AzureSasCredential credential, ServiceBusClientOptions? options = null)
        : this(
            ServiceBusConnection.FromNamespace(fullyQualifiedNamespace, TokenSources.Of(credential, TimeProvider.System), options ?? new ServiceBusClientOptions()),
            options)
    {
    }

    internal ServiceBusClient(ServiceBusConnection connection, ServiceBusClientOptions? options)
    {
        _connection = connection;
        FullyQualifiedNamespace = connection.FullyQualifiedNamespace;
        Identifier = EntityName.IdentifierOr(options?.Identifier, FullyQualifiedNamespace);
    }

    /// <summary>The host name of the namespace.</summary>
    public virtual string FullyQualifiedNamespace { get; }

    /// <summary>The client's name.</summary>
    public virtual string Identifier { get; }

    /// <summary>Whether the client is disposed of.</summary>
    public virtual bool IsClosed => _connection?.IsClosed ?? false;

    /// <summary>How the service is reached.</summary>
    public ServiceBusTransportType TransportType { get; } = ServiceBusTransportType.AmqpTcp;

    internal ServiceBusConnection Connection =>
        _connection ?? throw new InvalidOperationException("The client is a test's and has no connection. Override what makes senders and receivers.");

    /// <summary>Makes a sender. It connects when it is first used.</summary>
    /// <param name="queueOrTopicName">Where it sends to.</param>
    /// <returns>The sender.</returns>
    /// <exception cref="ArgumentException">The name is null or empty, or another than that in the connection string.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed of.</exception>
    public virtual ServiceBusSender CreateSender(string queueOrTopicName) => new(Connection, queueOrTopicName, null);

    /// <summary>Makes a sender. It connects when it is first used.</summary>
    /// <param name="queueOrTopicName">Where it sends to.</param>
    /// <param name="options">How it is made; null for the defaults.</param>
    /// <returns>The sender.</returns>
    /// <exception cref="ArgumentException">The name is null or empty, or another than that in the connection string.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed of.</exception>
    public virtual ServiceBusSender CreateSender(string queueOrTopicName, ServiceBusSenderOptions? options) => new(Connection, queueOrTopicName, options);

    /// <summary>Makes a receiver of a queue. It connects when it is first used.</summary>
    /// <param name="queueName">The queue.</param>
    /// <returns>The receiver.</returns>
    /// <exception cref="ArgumentException">The name is null or empty, or another than that in the connection string.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed of.</exception>
    public virtual ServiceBusReceiver CreateReceiver(string queueName) => new(Connection, EntityName.Queue(queueName), null);

    /// <summary>Makes a receiver of a queue. It connects when it is first used.</summary>
    /// <param name="queueName">The queue.</param>
    /// <param name="options">How it receives; null for the defaults.</param>
    /// <returns>The receiver.</returns>
    /// <exception cref="ArgumentException">The name is null or empty, or another than that in the connection string.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed of.</exception>
    public virtual ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions? options) => new(Connection, EntityName.Queue(queueName), options);

    /// <summary>Makes a receiver of a subscription. It connects when it is first used.</summary>
    /// <param name="topicName">The topic.</param>
    /// <param name="subscriptionName">The subscription.</param>
    /// <returns>The receiver.</returns>
    /// <exception cref="ArgumentException">A name is null or empty.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed of.</exception>
    public virtual ServiceBusReceiver CreateReceiver(string topicName, string subscriptionName) =>
        new(Connection, EntityName.Subscription(topicName, subscriptionName), null);

    /// <summary>Makes a receiver of a subscription. It connects when it is first used.</summary>
    /// <param name="topicName">The topic.</param>
    /// <param name="subscriptionName">The subscription.</param>
    /// <param name="options">How it receives; null for the defaults.</param>
    /// <returns>The receiver.</returns>
    /// <exception cref="ArgumentException">A name is null or empty.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed of.</exception>
    public virtual ServiceBusReceiver CreateReceiver(string topicName, string subscriptionName, ServiceBusReceiverOptions? options) =>
        new(Connection, EntityName.Subscription(topicName, subscriptionName), options);

    /// <summary>Closes the connection, and with it all senders and receivers.</summary>
    /// <returns>The close.</returns>
    public virtual async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
