namespace Azure.Messaging.ServiceBus;

/// <summary>How a batch is made.</summary>
public class CreateMessageBatchOptions
{
    /// <summary>An envelope without a message is about this long; a batch that is smaller could never hold one.</summary>
    const int SmallestBatch = 24;

    /// <summary>The most bytes the batch may have, at least 24; what the service takes unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is too small.</exception>
    public long? MaxSizeInBytes
    {
        get;
        set
        {
            if (value is { } bytes) ArgumentOutOfRangeException.ThrowIfLessThan(bytes, SmallestBatch, nameof(MaxSizeInBytes));
            field = value;
        }
    }
}
