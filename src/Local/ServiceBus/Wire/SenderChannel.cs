using Amqp;
namespace Azure.Messaging.ServiceBus.Wire;
sealed class SenderChannel(ServiceBusConnection connection, string entityPath, string identifier)
{
    public Task SendAsync(IReadOnlyList<ServiceBusMessage> messages, CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{entityPath}{identifier}{messages}{cancellationToken}");
    public Task SendAsync(Func<Message> message, CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{entityPath}{identifier}{message}{cancellationToken}");
    public Task<BatchContent> CreateBatchAsync(long? max, CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{max}{cancellationToken}");
    public Task<IReadOnlyList<long>> ScheduleAsync(IReadOnlyList<ServiceBusMessage> messages, CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{messages}{cancellationToken}");
    public Task CancelScheduledAsync(long[] numbers, CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{numbers}{cancellationToken}");
    public Task CloseAsync(CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{cancellationToken}");
}
