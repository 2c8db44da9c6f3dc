using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>Pulls the messages of one queue for one function, as many at a time as may run, for as long as the host runs.</summary>
sealed partial class QueuePump(
    ServiceBusReceiver receiver,
    int maxConcurrentCalls,
    Func<ServiceBusReceivedMessage, ServiceBusReceiver, Task> handle,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    static readonly TimeSpan s_firstBackOff = TimeSpan.FromSeconds(1);

    /// <summary>Long enough not to weigh on a broker that comes back, short enough not to be what everybody waits for.</summary>
    static readonly TimeSpan s_longestBackOff = TimeSpan.FromSeconds(15);

    /// <summary>After an outage the first pull waits no longer for a message, so that the recovery is told soon.</summary>
    static readonly TimeSpan s_probe = TimeSpan.FromSeconds(1);

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
                    foreach (var message in await ReceiveAsync(free))
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

    /// <summary>Receives, however long the broker is away; an outage is told once.</summary>
    async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveAsync(int atMost)
    {
        var backOff = TimeSpan.Zero;
        while (true)
        {
            try
            {
                var messages = await receiver.ReceiveMessagesAsync(atMost, backOff > TimeSpan.Zero ? s_probe : null, _stop.Token);
                if (backOff > TimeSpan.Zero)
                {
                    Log.Recovered(logger, receiver.EntityPath);
                }

                return messages;
            }
            catch (Exception failure) when (!_stop.IsCancellationRequested)
            {
                if (backOff == TimeSpan.Zero)
                {
                    Log.Outage(logger, failure, receiver.EntityPath);
                }

                backOff = Next(backOff);
                await Task.Delay(backOff, time, _stop.Token);
            }
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

    static TimeSpan Next(TimeSpan backOff) =>
        backOff == TimeSpan.Zero ? s_firstBackOff : backOff * 2 < s_longestBackOff ? backOff * 2 : s_longestBackOff;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The queue {Queue} cannot be received from; it is tried again until it can.")]
        public static partial void Outage(ILogger logger, Exception failure, string queue);

        [LoggerMessage(2, LogLevel.Information, "The queue {Queue} is received from again.")]
        public static partial void Recovered(ILogger logger, string queue);

        [LoggerMessage(3, LogLevel.Warning, "Message {MessageId} of {Queue} could not be given back or settled; it is delivered again when its lock expires.")]
        public static partial void Unhandled(ILogger logger, Exception failure, string? messageId, string queue);
    }
}
