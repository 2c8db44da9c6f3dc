using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>Receives however long the broker is away, with growing pauses, and tells an outage once.</summary>
internal sealed partial class PatientReceiver(ServiceBusReceiver receiver, TimeProvider time, ILogger logger)
{
    static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);

    /// <summary>Long enough not to weigh on a broker that comes back, short enough not to be what everybody waits for.</summary>
    static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(15);

    /// <summary>After a failure a pull waits no longer for a message, so that the recovery is told soon.</summary>
    static readonly TimeSpan s_probe = TimeSpan.FromSeconds(1);

    /// <summary>Receives as soon as there is something, or nothing after a while.</summary>
    /// <param name="atMost">The most messages to receive.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveAsync(int atMost, CancellationToken stop)
    {
        var pause = TimeSpan.Zero;
        while (true)
        {
            try
            {
                var messages = await receiver.ReceiveMessagesAsync(atMost, pause > TimeSpan.Zero ? s_probe : null, stop);
                if (pause > TimeSpan.Zero)
                {
                    Log.Recovered(logger, receiver.EntityPath);
                }

                return messages;
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                if (pause == TimeSpan.Zero)
                {
                    Log.Outage(logger, failure, receiver.EntityPath);
                }

                pause = Next(pause);
                await Task.Delay(pause, time, stop);
            }
        }
    }

    static TimeSpan Next(TimeSpan pause) =>
        pause == TimeSpan.Zero ? s_firstPause : pause * 2 < s_longestPause ? pause * 2 : s_longestPause;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The queue {Queue} cannot be received from; it is tried again until it can.")]
        public static partial void Outage(ILogger logger, Exception failure, string queue);

        [LoggerMessage(2, LogLevel.Information, "The queue {Queue} is received from again.")]
        public static partial void Recovered(ILogger logger, string queue);
    }
}
