using Azure.Messaging.ServiceBus;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>A message that a function was started by, and whether it is settled: it can be, once.</summary>
internal sealed class LockedMessage(ServiceBusReceivedMessage message, ServiceBusReceiver receiver)
{
    const int Open = 0;
    const int Settling = 1;
    const int Over = 2;

    int _state = Open;

    public ServiceBusReceivedMessage Message => message;

    public ServiceBusReceiver Receiver => receiver;

    /// <summary>Whether nothing is left to do: the message is settled, or its lock is known to be lost.</summary>
    public bool IsOver => Volatile.Read(ref _state) == Over;

    /// <summary>Settles the message.</summary>
    /// <exception cref="ServiceBusException">The message is settled already, its lock is lost, or the settlement failed.</exception>
    public async Task SettleAsync(Func<ServiceBusReceiver, Task> settlement)
    {
        if (!await TrySettleAsync(settlement))
        {
            throw new ServiceBusException(
                "The message has been settled already, or its lock is lost. Settle a message once.", ServiceBusFailureReason.MessageLockLost, receiver.EntityPath);
        }
    }

    /// <summary>Settles the message unless it is settled, or is just being settled.</summary>
    /// <returns>Whether it was this call that did.</returns>
    public async Task<bool> TrySettleAsync(Func<ServiceBusReceiver, Task> settlement)
    {
        if (Interlocked.CompareExchange(ref _state, Settling, Open) != Open)
        {
            return false;
        }

        var after = Open;
        try
        {
            await settlement(receiver);
            after = Over;
            return true;
        }
        catch (ServiceBusException lost) when (lost.Reason == ServiceBusFailureReason.MessageLockLost)
        {
            after = Over;
            throw;
        }
        finally
        {
            Volatile.Write(ref _state, after);
        }
    }
}
