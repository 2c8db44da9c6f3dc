namespace Azure.Messaging.ServiceBus;

/// <summary>How a sender is made.</summary>
public class ServiceBusSenderOptions
{
    /// <summary>The sender's name; made up unless set.</summary>
    public string? Identifier { get; set; }
}
