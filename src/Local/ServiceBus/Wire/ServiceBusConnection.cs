using System.Security.Cryptography;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>The connection to a namespace, opened when it is needed and again after it broke.</summary>
internal sealed class ServiceBusConnection : IAsyncDisposable
{
    /// <summary>Fine enough for a jitter; drawn from the system's generator, which needs no seed.</summary>
    const int Chances = 1 << 20;

    readonly ServiceEndpoint _endpoint;
    readonly string? _entityPath;
    readonly Slot<OpenConnection> _open;

    public ServiceBusConnection(ServiceEndpoint endpoint, string? entityPath, TokenSource tokens, ServiceBusClientOptions options)
        : this(endpoint, entityPath, tokens, options, TimeProvider.System, () => RandomNumberGenerator.GetInt32(Chances) / (double)Chances)
    {
    }

    public ServiceBusConnection(
        ServiceEndpoint endpoint, string? entityPath, TokenSource tokens, ServiceBusClientOptions options, TimeProvider time, Func<double> chance)
    {
        (_endpoint, _entityPath, Options, Time) = (endpoint, entityPath, options, time);
        Retries = new RetryRunner(options.RetryOptions.CustomRetryPolicy ?? new BackoffPolicy(options.RetryOptions, chance), time);
        _open = new Slot<OpenConnection>(
            cancellationToken => Deadline.WithinAsync(
                options.RetryOptions.TryTimeout,
                time,
                $"Connecting to {endpoint.Host}:{endpoint.Port}",
                inTime => OpenConnection.OpenAsync(endpoint, tokens, options, time, inTime),
                cancellationToken),
            connection => connection.IsOpen,
            connection => connection.CloseAsync(),
            typeof(ServiceBusClient));
    }

    public string FullyQualifiedNamespace => _endpoint.Namespace;

    public ServiceBusClientOptions Options { get; }

    public TimeProvider Time { get; }

    public RetryRunner Retries { get; }

    public bool IsClosed { get; private set; }

    public static ServiceBusConnection FromConnectionString(string connectionString, ServiceBusClientOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var properties = ServiceBusConnectionStringProperties.Parse(connectionString);
        var hasKey = properties is { SharedAccessKeyName: not null, SharedAccessKey: not null };
        if (properties.Endpoint is null || (!hasKey && properties.SharedAccessSignature is null))
            throw new ArgumentException("The connection string lacks something: it needs an Endpoint, and SharedAccessKeyName with SharedAccessKey, or SharedAccessSignature.", nameof(connectionString));
        if (properties.SharedAccessSignature is not null && (properties.SharedAccessKeyName is not null || properties.SharedAccessKey is not null))
            throw new ArgumentException("The connection string has a SharedAccessSignature and a key too. Keep one of them.", nameof(connectionString));
        var tokens = hasKey
            ? TokenSources.Of(new AzureNamedKeyCredential(properties.SharedAccessKeyName!, properties.SharedAccessKey!), TimeProvider.System)
            : TokenSources.Of(new AzureSasCredential(properties.SharedAccessSignature!), TimeProvider.System);
        return new ServiceBusConnection(ServiceEndpoint.Of(properties, options.CustomEndpointAddress), properties.EntityPath, tokens, options.Copy());
    }

    public static ServiceBusConnection FromNamespace(string fullyQualifiedNamespace, TokenSource tokens, ServiceBusClientOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(fullyQualifiedNamespace);
        var host = Uri.TryCreate(fullyQualifiedNamespace, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : fullyQualifiedNamespace;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw new ArgumentException($"'{fullyQualifiedNamespace}' is no host name. It looks like name.servicebus.windows.net.", nameof(fullyQualifiedNamespace));
        return new ServiceBusConnection(ServiceEndpoint.Of(host, options.CustomEndpointAddress), null, tokens, options.Copy());
    }

    public void ThrowIfClosed() => ObjectDisposedException.ThrowIf(IsClosed, typeof(ServiceBusClient));

    public void CheckEntity(string entity, string parameterName)
    {
        if (_entityPath is not null && !_entityPath.Equals(entity, StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"'{entity}' is not the entity '{_entityPath}' that the connection string is limited to.", parameterName);
    }

    /// <summary>A link that is opened on whatever connection is open then.</summary>
    public Slot<T> NewSlot<T>(string what, Func<OpenConnection, CancellationToken, Task<T>> open, Func<T, bool> isOpen, Func<T, Task> close, Type owner)
        where T : class => new(
            cancellationToken => Deadline.WithinAsync(
                Options.RetryOptions.TryTimeout,
                Time,
                what,
                async inTime => await open(await _open.GetAsync(inTime).ConfigureAwait(false), inTime).ConfigureAwait(false),
                cancellationToken),
            isOpen,
            close,
            owner);

    public async ValueTask DisposeAsync()
    {
        IsClosed = true;
        await _open.CloseAsync().ConfigureAwait(false);
    }
}
