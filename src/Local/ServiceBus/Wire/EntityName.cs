namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>How the service's entities and those who use them are called.</summary>
internal static class EntityName
{
    public static string Queue(string queueName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queueName);
        return queueName;
    }

    public static string Subscription(string topicName, string subscriptionName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(topicName);
        ArgumentException.ThrowIfNullOrWhiteSpace(subscriptionName);
        return $"{topicName}/Subscriptions/{subscriptionName}";
    }

    public static string WithSubQueue(string entityPath, SubQueue subQueue) => subQueue switch
    {
        SubQueue.None => entityPath,
        SubQueue.DeadLetter => $"{entityPath}/$DeadLetterQueue",
        SubQueue.TransferDeadLetter => $"{entityPath}/$Transfer/$DeadLetterQueue",
        _ => throw new ArgumentOutOfRangeException(nameof(subQueue), subQueue, "There is no such sub-queue."),
    };

    public static string Management(string entityPath) => $"{entityPath}/$management";

    public static string IdentifierOr(string? given, string prefix) => string.IsNullOrEmpty(given) ? $"{prefix}-{Guid.NewGuid()}" : given;
}
