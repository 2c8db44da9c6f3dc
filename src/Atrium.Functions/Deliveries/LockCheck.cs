using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Holds the first message's lock against the setting that the start-up check was made with. To ask the queue would take management rights.
/// </summary>
internal sealed partial class LockCheck(IOptions<DeliveryOptions> options, TimeProvider time, ILogger<LockCheck> logger)
{
    // Transport and scheduling eat a little of a lock before it is looked at.
    static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    int _examined;

    public void Examine(ServiceBusReceivedMessage message)
    {
        if (Interlocked.Exchange(ref _examined, 1) == 1)
        {
            return;
        }

        var left = message.LockedUntil - time.GetUtcNow();
        if (left + Tolerance < options.Value.LockDuration)
        {
            Log.LockTooShort(logger, Queues.Deliveries, left.TotalSeconds, options.Value.LockDuration.TotalSeconds);
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error,
            "The queue {Queue} locks messages for {LockSeconds:F0} s, but the setting Deliveries__LockDuration says {ExpectedSeconds:F0} s. "
            + "A lock that ends before its attempt sends a delivery twice: set the queue's lock duration to the setting's value")]
        public static partial void LockTooShort(ILogger logger, string queue, double lockSeconds, double expectedSeconds);
    }
}
