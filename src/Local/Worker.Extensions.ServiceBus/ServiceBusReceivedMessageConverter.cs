using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Makes a message of what the host sends: the lock token, and behind it the message as it came over AMQP.
/// </summary>
[SupportsDeferredBinding]
[SupportedTargetType(typeof(ServiceBusReceivedMessage))]
[SupportedTargetType(typeof(ServiceBusReceivedMessage[]))]
internal sealed class ServiceBusReceivedMessageConverter : IInputConverter
{
    /// <summary>The source of the data, as host and worker name it.</summary>
    const string Source = "AzureServiceBusReceivedMessage";

    /// <summary>The only encoding.</summary>
    const string ContentType = "application/octet-stream";

    /// <summary>The bytes of a lock token, a GUID in .NET's own order.</summary>
    const int LockTokenLength = 16;

    /// <inheritdoc/>
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        try
        {
            return new(context.Source switch
            {
                ModelBindingData data => ConversionResult.Success(Read(data)),
                CollectionModelBindingData many =>
                    ConversionResult.Success(many.ModelBindingData.Select(Read).ToArray()),
                _ => ConversionResult.Unhandled(),
            });
        }
        catch (Exception e)
        {
            return new(ConversionResult.Failed(e));
        }
    }

    static ServiceBusReceivedMessage Read(ModelBindingData data)
    {
        if (data.Source != Source || data.ContentType != ContentType)
        {
            throw new InvalidOperationException(
                $"A Service Bus message is expected from {Source} as {ContentType}, "
                + $"not from {data.Source} as {data.ContentType}.");
        }

        var bytes = data.Content.ToMemory();
        return ServiceBusReceivedMessage.FromAmqpMessage(
            AmqpAnnotatedMessage.FromBytes(BinaryData.FromBytes(bytes[LockTokenLength..])),
            BinaryData.FromBytes(bytes[..LockTokenLength]));
    }
}
