namespace Azure.Messaging.ServiceBus.Wire;
sealed class ReceiverChannel(ServiceBusConnection connection, string entityPath, string identifier, ServiceBusReceiveMode mode, int prefetch)
{
    public Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveAsync(int max, TimeSpan? wait, CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{entityPath}{identifier}{mode}{prefetch}{max}{wait}{cancellationToken}");
    public Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveDeferredAsync(long[] numbers, CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{numbers}{cancellationToken}");
    public Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekAsync(int max, long? from, CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{max}{from}{cancellationToken}");
    public Task SettleAsync(Guid token, Settlement settlement, CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{token}{settlement}{cancellationToken}");
    public Task<DateTimeOffset> RenewLockAsync(Guid token, CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{token}{cancellationToken}");
    public Task CloseAsync(CancellationToken cancellationToken) => throw new NotImplementedException($"{connection}{cancellationToken}");
}
