using Azure.Messaging.ServiceBus;

namespace Atrium.EndToEnd;

/// <summary>What lies on the app's queues, looked at without locking it.</summary>
internal static class QueuedMessages
{
    const int PageSize = 250;

    /// <summary>
    /// Waits until nothing of a tenant is under way, now or at a later time: what was to arrive then has, and what is
    /// parked or dead stays.
    /// </summary>
    public static Task QuietAsync(this RunningApp app, string? tenant = null) =>
        QuietAsync(app.ServiceBus, tenant ?? app.Tenant);

    /// <inheritdoc cref="QuietAsync(RunningApp, string?)"/>
    public static async Task QuietAsync(string connectionString, string tenant)
    {
        await using var client = new ServiceBusClient(connectionString);
        // In the order in which they are gone through: whatever takes a message's place is on its queue before the
        // message is gone.
        foreach (var queue in new[] { "visitor-events", "deliveries" })
        {
            await using var receiver = client.CreateReceiver(queue);
            await Eventually.TrueAsync(async () =>
                !(await PeekAllAsync(receiver)).Exists(message => IsOf(message, tenant)));
        }
    }

    /// <summary>What lies on a queue, locked or not.</summary>
    public static async Task<List<ServiceBusReceivedMessage>> QueuedAsync(this RunningApp app, string queue)
    {
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var receiver = client.CreateReceiver(queue);
        return await PeekAllAsync(receiver);
    }

    /// <summary>Waits until so many messages lie on a queue that were put back, so many times or more often.</summary>
    public static async Task PutBackAsync(this RunningApp app, string queue, int count, int times = 1)
    {
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var receiver = client.CreateReceiver(queue);
        await Eventually.TrueAsync(async () =>
            (await PeekAllAsync(receiver)).Count(message =>
                message.ApplicationProperties.GetValueOrDefault("putBack") is int putBack
                    && putBack >= times) >= count);
    }

    /// <summary>Waits for a dead letter, and gives it.</summary>
    public static async Task<ServiceBusReceivedMessage> DeadLetterAsync(
        this RunningApp app, string queue, Predicate<ServiceBusReceivedMessage> isIt)
    {
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var receiver = client.CreateReceiver(
            queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        ServiceBusReceivedMessage? found = null;
        await Eventually.TrueAsync(async () => (found = (await PeekAllAsync(receiver)).Find(isIt)) is not null);
        return found!;
    }

    public static bool IsOf(ServiceBusReceivedMessage message, string tenant) =>
        message.ApplicationProperties.GetValueOrDefault("tenant") is string named && named == tenant;

    public static async Task<List<ServiceBusReceivedMessage>> PeekAllAsync(ServiceBusReceiver receiver)
    {
        var found = new List<ServiceBusReceivedMessage>();
        while (await receiver.PeekMessagesAsync(
            PageSize, found is [.., var last] ? last.SequenceNumber + 1 : 0) is { Count: > 0 } page)
        {
            found.AddRange(page);
        }

        return found;
    }
}
