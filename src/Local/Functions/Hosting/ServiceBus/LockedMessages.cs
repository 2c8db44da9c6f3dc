using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Grpc.Core;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>
/// The messages whose functions run. On Azure the settlement of a message is a call from the worker to the host, which knows only these;
/// here it fails in the same ways, as the <see cref="RpcException"/> that such a call ends in.
/// </summary>
internal sealed class LockedMessages
{
    readonly ConcurrentDictionary<string, LockedMessage> _byToken = new();

    public LockedMessage Add(ServiceBusReceivedMessage message, ServiceBusReceiver receiver) =>
        _byToken[message.LockToken] = new(message, receiver);

    public void Remove(LockedMessage locked) => _byToken.TryRemove(KeyValuePair.Create(locked.Message.LockToken, locked));

    /// <exception cref="RpcException">The function has returned, or the settlement failed.</exception>
    public Task SettleAsync(ServiceBusReceivedMessage message, Func<ServiceBusReceiver, Task> settlement, CancellationToken cancellationToken) =>
        CallAsync(message, (locked, _) => locked.SettleAsync(settlement), cancellationToken);

    /// <exception cref="RpcException">The function has returned, or the call failed.</exception>
    public async Task CallAsync(ServiceBusReceivedMessage message, Func<LockedMessage, ServiceBusReceiver, Task> call, CancellationToken cancellationToken)
    {
        if (!_byToken.TryGetValue(message.LockToken, out var locked))
        {
            throw new RpcException(new(StatusCode.FailedPrecondition, $"LockToken {message.LockToken} not found."));
        }

        try
        {
            await call(locked, locked.Receiver);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new(StatusCode.Cancelled, "Call canceled by the client."));
        }
        catch (Exception failure)
        {
            throw new RpcException(new(StatusCode.Unknown, failure.ToString()));
        }
    }
}
