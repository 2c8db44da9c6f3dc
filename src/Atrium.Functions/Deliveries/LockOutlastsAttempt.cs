using Atrium.Functions.Egress;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Deliveries;

/// <summary>Refuses to start when an attempt could outlast its message's lock, which would send a delivery twice.</summary>
internal sealed class LockOutlastsAttempt(IOptions<EgressOptions> egress) : IValidateOptions<DeliveryOptions>
{
    /// <summary>
    /// The most that reading the subscription, reading the secret and recording the attempt take, each up to ten seconds with its retries. That a
    /// subscription just resumed is read twice is left to the host's renewal of the lock.
    /// </summary>
    public static readonly TimeSpan StoreBudget = TimeSpan.FromSeconds(30);

    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        var worst = egress.Value.Timeout + StoreBudget + EndpointGate.Patience;
        return worst < options.LockDuration
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"An attempt can take {worst.TotalSeconds} s (Egress__Timeout, {StoreBudget.TotalSeconds} s for tables and vault, and {EndpointGate.Patience.TotalSeconds} s for its turn), which is longer than the lock of "
                + $"its message, {options.LockDuration.TotalSeconds} s (Deliveries__LockDuration). Shorten the time-out, or lengthen the queue's lock and this setting.");
    }
}
