using System.Net.Security;

namespace Azure.Messaging.ServiceBus;

/// <summary>How a client connects and retries.</summary>
public class ServiceBusClientOptions
{
    /// <summary>The client's name, which receivers and logs of the service show; made up unless set.</summary>
    public string? Identifier { get; set; }

    /// <summary>When and how often operations are tried again.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public ServiceBusRetryOptions RetryOptions
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value, nameof(RetryOptions));
            field = value;
        }
    } = new();

    /// <summary>Where to connect to instead of the namespace's own address. Its port is kept; the namespace is still the one that is asked for.</summary>
    public Uri? CustomEndpointAddress { get; set; }

    /// <summary>How long the connection may be silent before the service, or this client, takes it for dead; 1 min unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan ConnectionIdleTimeout
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(ConnectionIdleTimeout));
            field = value;
        }
    } = TimeSpan.FromMinutes(1);

    /// <summary>Judges the service's certificate instead of the system's rules.</summary>
    public RemoteCertificateValidationCallback? CertificateValidationCallback { get; set; }

    internal ServiceBusClientOptions Copy()
    {
        var copy = (ServiceBusClientOptions)MemberwiseClone();
        copy.RetryOptions = RetryOptions.Copy();
        return copy;
    }
}
