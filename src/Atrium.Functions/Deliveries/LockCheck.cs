using System.ComponentModel.DataAnnotations;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Holds the first message's lock against the setting that the start-up check was made with. To ask the queue would
/// take management rights.
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
            "The queue {Queue} locks messages for {LockSeconds:F0} s, but the setting Deliveries__LockDuration says "
                + "{ExpectedSeconds:F0} s. "
            + "A lock that ends before its attempt sends a delivery twice: set the queue's lock duration to the "
            + "setting's value")]
        public static partial void LockTooShort(
            ILogger logger, string queue, double lockSeconds, double expectedSeconds);
    }
}

/// <summary>
/// Refuses to start when an attempt could outlast its message's lock, which would send a delivery twice.
/// </summary>
internal sealed class LockOutlastsAttempt(IOptions<EgressOptions> egress) : IValidateOptions<DeliveryOptions>
{
    /// <summary>
    /// The most that reading the subscription, reading the secret and recording the attempt take, each up to ten
    /// seconds with its retries. That a subscription just resumed is read twice is left to the host's renewal of the
    /// lock.
    /// </summary>
    public static readonly TimeSpan StoreBudget = TimeSpan.FromSeconds(30);

    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        var worst = egress.Value.Timeout + StoreBudget + EndpointGate.Patience;
        return worst < options.LockDuration
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"An attempt can take {worst.TotalSeconds} s (Egress__Timeout, {StoreBudget.TotalSeconds} s for tables "
                    + $"and vault, and {EndpointGate.Patience.TotalSeconds} s for its turn), which is longer than the "
                    + "lock of "
                + $"its message, {options.LockDuration.TotalSeconds} s (Deliveries__LockDuration). Shorten the "
                + "time-out, or lengthen the queue's lock and this setting.");
    }
}

/// <summary>What the template tells the app about its queues.</summary>
internal sealed class DeliveryOptions
{
    public const string Section = "Deliveries";

    /// <summary>How long the queue <c>deliveries</c> locks a message.</summary>
    /// <value>One minute by default; Service Bus allows five seconds to five minutes.</value>
    [Range(
        typeof(TimeSpan), "00:00:05", "00:05:00",
        ErrorMessage = "Deliveries__LockDuration must be between {1} and {2}.")]
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromMinutes(1);
}
