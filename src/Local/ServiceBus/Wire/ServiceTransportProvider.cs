using System.Net.Security;
using System.Net.Sockets;
using Amqp;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>Connects to an endpoint, with TLS where it asks for that.</summary>
internal sealed class ServiceTransportProvider : TransportProvider
{
    readonly ServiceEndpoint _endpoint;
    readonly RemoteCertificateValidationCallback? _validation;
    readonly CancellationToken _cancellationToken;

    public ServiceTransportProvider(ServiceEndpoint endpoint, RemoteCertificateValidationCallback? validation, CancellationToken cancellationToken)
    {
        (_endpoint, _validation, _cancellationToken) = (endpoint, validation, cancellationToken);
        AddressSchemes = ["amqp", "amqps"];
    }

    public StreamTransport? Transport { get; private set; }

    public override async Task<IAsyncTransport> CreateAsync(Address address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_endpoint.Host, _endpoint.Port, _cancellationToken).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (_endpoint.UsesTls) stream = await EncryptAsync(stream).ConfigureAwait(false);
            return Transport = new StreamTransport(stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    async Task<Stream> EncryptAsync(Stream stream)
    {
        var encrypted = new SslStream(stream);
        var options = new SslClientAuthenticationOptions { TargetHost = _endpoint.Host, RemoteCertificateValidationCallback = _validation };
        await encrypted.AuthenticateAsClientAsync(options, _cancellationToken).ConfigureAwait(false);
        return encrypted;
    }
}
