using System.Text;
using Amqp;
using Amqp.Framing;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>How large a message and its parts may be: the service's limits.</summary>
/// <param name="MessageBytes">A message, or a batch of them, properties and all.</param>
/// <param name="BatchMessages">The messages of a batch.</param>
internal sealed record MessageLimits(int MessageBytes, int BatchMessages)
{
    const int MostPropertyBytes = 32 * 1024;

    /// <summary>All that stands before the body.</summary>
    const int MostPropertiesBytes = 64 * 1024;

    /// <summary>Of the ids of message and session, and of the partition key.</summary>
    const int MostIdCharacters = 128;

    // The counts are not documented: see azure-service-bus#397, and azure-sdk-for-net#16450 for Premium's.
    public static MessageLimits Of(ServiceBusTier tier) =>
        tier == ServiceBusTier.Premium ? new(1024 * 1024, 15_885) : new(256 * 1024, 4500);

    /// <exception cref="AmqpException">It is too long (amqp:link:message-size-exceeded).</exception>
    public void CheckSize(int bytes)
    {
        if (bytes > MessageBytes)
        {
            throw new AmqpException(ServiceBusErrors.TooLarge(bytes, MessageBytes));
        }
    }

    /// <exception cref="AmqpException">They are too many.</exception>
    public void CheckCount(int messages)
    {
        if (messages > BatchMessages)
        {
            throw new AmqpException(ServiceBusErrors.TooManyMessages(messages, BatchMessages));
        }
    }

    /// <param name="bytes">How much stands before the body.</param>
    /// <param name="properties">The message's, where its ids are.</param>
    /// <param name="annotations">The message's, where its partition key is.</param>
    /// <param name="own">Those of the application.</param>
    /// <exception cref="AmqpException">An id is too long, or the properties are too large.</exception>
    public static void CheckProperties(
        int bytes, Properties? properties, MessageAnnotations? annotations, ApplicationProperties? own)
    {
        CheckId("message id", properties?.GetMessageId());
        CheckId("session id", properties?.GroupId);
        CheckId("partition key", annotations?.Map.GetValueOrDefault(Annotations.PartitionKey));
        foreach (var (name, value) in own?.Map ?? [])
        {
            CheckProperties($"the property '{name}'", Size(value), MostPropertyBytes);
        }

        CheckProperties("all properties together", bytes, MostPropertiesBytes);
    }

    /// <summary>What a settlement makes of a message has the limits of what is sent.</summary>
    /// <returns>What is wrong with its properties; null when nothing is.</returns>
    public static Error? Fault(byte[] settled)
    {
        var sections = MessageSections.Scan(settled);
        try
        {
            CheckProperties(
                sections.Body, null, null,
                AmqpBytes.Decode<ApplicationProperties>(settled, sections.ApplicationProperties));
            return null;
        }
        catch (AmqpException tooLarge)
        {
            return tooLarge.Error;
        }
    }

    static void CheckProperties(string which, int bytes, int most)
    {
        if (bytes > most)
        {
            throw new AmqpException(ServiceBusErrors.PropertiesTooLarge(which, bytes, most));
        }
    }

    // Values of other types are always small.
    static int Size(object? value) => value switch
    {
        string text => Encoding.UTF8.GetByteCount(text),
        byte[] binary => binary.Length,
        _ => 0,
    };

    static void CheckId(string what, object? id)
    {
        if (id is string { Length: > MostIdCharacters and var length })
        {
            var why = $"The {what} has {length} characters, of {MostIdCharacters} at most.";
            throw new AmqpException(ServiceBusErrors.Argument(why));
        }
    }
}
