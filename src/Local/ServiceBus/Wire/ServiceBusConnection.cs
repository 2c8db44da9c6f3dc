namespace Azure.Messaging.ServiceBus.Wire;

sealed class ServiceBusConnection(ServiceEndpoint endpoint, string? entityPath, TokenSource tokens, ServiceBusClientOptions options) : IAsyncDisposable
{
    public string FullyQualifiedNamespace => endpoint.Namespace;
    public bool IsClosed { get; private set; }
    public TokenSource Tokens => tokens;
    public ServiceBusClientOptions Options => options;

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
        if (entityPath is not null && !entityPath.Equals(entity, StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"'{entity}' is not the entity '{entityPath}' that the connection string is limited to.", parameterName);
    }

    public ValueTask DisposeAsync() { IsClosed = true; return ValueTask.CompletedTask; }
}
