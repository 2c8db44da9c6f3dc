using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>Pulls the messages of one queue for one function, as many at a time as may run, for as long as the host runs.</summary>
internal sealed partial class QueuePump(
    ServiceBusReceiver receiver,
    int maxConcurrentCalls,
    Func<ServiceBusReceivedMessage, ServiceBusReceiver, Task> handle,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    readonly PatientReceiver _patient = new(receiver, time, logger);
    readonly SemaphoreSlim _slots = new(maxConcurrentCalls);
    readonly CancellationTokenSource _stop = new();
    Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Pulls no more, and waits for the functions that run.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async Task StopAsync(CancellationToken giveUp)
    {
        await _stop.CancelAsync();
        await _loop.WaitAsync(giveUp);
        for (var slot = 0; slot < maxConcurrentCalls; slot++)
        {
            await _slots.WaitAsync(giveUp);
        }
    }

    /// <summary>Closes the receiver. The slots are left to functions that were left behind.</summary>
    public async ValueTask DisposeAsync()
    {
        await receiver.DisposeAsync();
        _stop.Dispose();
    }

    async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var free = await TakeFreeSlotsAsync();
                var started = 0;
                try
                {
                    foreach (var message in await _patient.ReceiveAsync(free, _stop.Token))
                    {
                        // On the pool, so that a function that blocks holds up no other.
                        started++;
                        _ = Task.Run(() => HandleAsync(message));
                    }
                }
                finally
                {
                    ReleaseSlots(free - started);
                }
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The host stops, and whatever the receive ended in does not matter any more.
        }
    }

    /// <summary>Waits until a function may be started, and takes whatever else is free.</summary>
    async Task<int> TakeFreeSlotsAsync()
    {
        await _slots.WaitAsync(_stop.Token);
        var free = 1;
        while (_slots.Wait(0))
        {
            free++;
        }

        return free;
    }

    void ReleaseSlots(int count)
    {
        if (count > 0)
        {
            _slots.Release(count);
        }
    }

    async Task HandleAsync(ServiceBusReceivedMessage message)
    {
        try
        {
            await (_stop.IsCancellationRequested ? GiveBackAsync(message) : handle(message, receiver));
        }
        catch (Exception failure)
        {
            Log.Unhandled(logger, failure, message.MessageId, receiver.EntityPath);
        }
        finally
        {
            _slots.Release();
        }
    }

    // Received while the host was told to stop: another one may have it at once.
    Task GiveBackAsync(ServiceBusReceivedMessage message) => receiver.AbandonMessageAsync(message, propertiesToModify: null, CancellationToken.None);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Message {MessageId} of {Queue} could not be given back or settled; it is delivered again when its lock expires.")]
        public static partial void Unhandled(ILogger logger, Exception failure, string? messageId, string queue);
    }
}
