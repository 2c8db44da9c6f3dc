namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>A namespace and the address at which it is reached.</summary>
/// <param name="Namespace">The host name that is asked for.</param>
/// <param name="Host">The host that is connected to.</param>
/// <param name="Port">Its port.</param>
/// <param name="UsesTls">Whether the connection is encrypted. Only the emulator's is not.</param>
internal sealed record ServiceEndpoint(string Namespace, string Host, int Port, bool UsesTls)
{
    const int TlsPort = 5671;
    const int PlainPort = 5672;

    public static ServiceEndpoint Of(string fullyQualifiedNamespace, Uri? customAddress) => Of(fullyQualifiedNamespace, customAddress, emulator: false);

    public static ServiceEndpoint Of(ServiceBusConnectionStringProperties properties, Uri? customAddress) =>
        Of(properties.Endpoint!.Host, customAddress ?? (properties.UseDevelopmentEmulator ? properties.Endpoint : null), properties.UseDevelopmentEmulator);

    /// <summary>What a token is asked for: the address of an entity.</summary>
    public string Audience(string entityPath) => $"{(UsesTls ? "amqps" : "amqp")}://{Namespace}/{entityPath}";

    static ServiceEndpoint Of(string name, Uri? customAddress, bool emulator)
    {
        var tls = !emulator && customAddress?.Scheme is not ("amqp" or "http" or "ws");
        return new ServiceEndpoint(name, customAddress?.Host ?? name, customAddress is { Port: > 0 } ? customAddress.Port : tls ? TlsPort : PlainPort, tls);
    }
}
