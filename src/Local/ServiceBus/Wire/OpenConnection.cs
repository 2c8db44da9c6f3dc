using Amqp;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>A connection as long as it lasts.</summary>
internal sealed class OpenConnection
{
    /// <summary>The service's own limit for links on a connection that each have a session.</summary>
    const int MostSessions = 5000;

    /// <summary>A batch of 1 MiB still takes only a few frames, and no frame blocks the others for long.</summary>
    const int LargestFrame = 256 * 1024;

    /// <summary>How long a close waits for the other side, which may be gone.</summary>
    static readonly TimeSpan CloseWait = TimeSpan.FromSeconds(2);

    readonly Connection _connection;
    readonly StreamTransport _transport;
    readonly Authorizer _authorizer;

    OpenConnection(Connection connection, StreamTransport transport, ServiceEndpoint endpoint, TokenSource tokens, TimeSpan limit, TimeProvider time)
    {
        (_connection, _transport, Endpoint) = (connection, transport, endpoint);
        _authorizer = new Authorizer(this, tokens, limit, time);
        _connection.AddClosedCallback((_, _) => _authorizer.Stop());
    }

    public ServiceEndpoint Endpoint { get; }

    public bool IsOpen => !_connection.IsClosed;

    public event Action? AllHandled
    {
        add => _transport.AllHandled += value;
        remove => _transport.AllHandled -= value;
    }

    public static async Task<OpenConnection> OpenAsync(
        ServiceEndpoint endpoint, TokenSource tokens, ServiceBusClientOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var provider = new ServiceTransportProvider(endpoint, options.CertificateValidationCallback, cancellationToken);
        var factory = new ConnectionFactory([provider]);
        factory.SASL.Profile = new ServiceSasl();
        factory.AMQP.HostName = endpoint.Namespace;
        factory.AMQP.ContainerId = options.Identifier ?? Guid.NewGuid().ToString("N");
        factory.AMQP.IdleTimeout = options.ConnectionIdleTimeout > TimeSpan.Zero ? (int)Math.Min(options.ConnectionIdleTimeout.TotalMilliseconds, int.MaxValue) : -1;
        factory.AMQP.MaxSessionsPerConnection = MostSessions;
        factory.AMQP.MaxFrameSize = LargestFrame;
        var address = new Address(endpoint.Host, endpoint.Port, null, null, "/", endpoint.UsesTls ? "amqps" : "amqp");
        // The library's handshake takes no token: to end it, its transport is closed under it.
        await using var ending = cancellationToken.Register(() => provider.Transport?.Close());
        var connection = await factory.CreateAsync(address, cancellationToken, new DeliveryEvents()).ConfigureAwait(false);
        return new OpenConnection(connection, provider.Transport!, endpoint, tokens, options.RetryOptions.TryTimeout, time);
    }

    /// <summary>A session for one link, as the service wants it.</summary>
    public Session NewSession() => new(_connection);

    public Task AuthorizeAsync(string entityPath, CancellationToken cancellationToken) =>
        _authorizer.AuthorizeAsync(Endpoint.Audience(entityPath), cancellationToken);

    public Task CloseAsync() => QuietlyAsync(_connection.CloseAsync(CloseWait));

    /// <summary>Closes a link and its session. What the other side says to it, or that it is gone, is of no use to anyone.</summary>
    public static async Task CloseAsync(Link link)
    {
        await QuietlyAsync(link.CloseAsync(CloseWait)).ConfigureAwait(false);
        await QuietlyAsync(link.Session.CloseAsync(CloseWait)).ConfigureAwait(false);
    }

    static async Task QuietlyAsync(Task closing)
    {
        try
        {
            await closing.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AmqpException or TimeoutException or ObjectDisposedException or IOException)
        {
            // Closed is what it is now, one way or the other.
        }
    }
}
