using Amqp;
using Amqp.Sasl;
using Amqp.Types;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>Opens a connection without saying who opens it: that is told to <c>$cbs</c> for each entity.</summary>
internal sealed class ServiceSasl() : SaslProfile(ClaimsBased)
{
    static readonly Symbol ClaimsBased = new("MSSBCBS");
    static readonly Symbol Nobody = new("ANONYMOUS");

    protected override bool Match(Symbol mechanism) => ClaimsBased.Equals(mechanism) || Nobody.Equals(mechanism);

    protected override ITransport UpgradeTransport(ITransport transport) => transport;

    protected override DescribedList GetStartCommand(string hostname) => new SaslInit { Mechanism = Mechanism, HostName = hostname };

    protected override DescribedList? OnCommand(DescribedList command) => null;
}
