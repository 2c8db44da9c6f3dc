using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Messaging;

/// <summary>What this instance may spend of the namespace's credits.</summary>
internal sealed class CreditOptions
{
    public const string Section = "Credits";

    /// <summary>
    /// Credits a second: one for each message that is sent, received or peeked at. Null where the tier has no such
    /// bound. A namespace of the Standard tier has 1,000 for all its clients:
    /// https://learn.microsoft.com/azure/service-bus-messaging/service-bus-throttling
    /// </summary>
    /// <value>80 to 100,000; none by default.</value>
    [Range(80, 100_000, ErrorMessage = CheckedSettings.Between)]
    public int? PerSecond { get; set; }
}

/// <summary>
/// Keeps this instance from spending more credits in a second than it may. A namespace whose credits are used up
/// answers <c>ServerBusy</c>, and its clients then wait ten seconds with everything: waiting some milliseconds here
/// keeps it from that. Recovery has a share of its own, so that it never makes deliveries wait.
/// </summary>
internal sealed class CreditPace(IOptions<CreditOptions> options, TimeProvider time)
{
    /// <summary>Recovery has one part in so many.</summary>
    public const int RecoveryPart = 8;

    readonly Pace? _all = options.Value.PerSecond is { } credits ? new(credits, time) : null;
    readonly Pace? _recovery = options.Value.PerSecond is { } credits ? new(credits / RecoveryPart, time) : null;

    /// <summary>Waits until operations may be made, or until those that were made are paid for.</summary>
    public Task SpendAsync(int credits, CancellationToken cancellationToken) =>
        _all?.SpendAsync(credits, cancellationToken) ?? Task.CompletedTask;

    /// <summary>
    /// Waits until recovery may go on with so many operations. Each is paid for on its own, by whoever makes it.
    /// </summary>
    public Task RecoverAsync(int credits, CancellationToken cancellationToken) =>
        _recovery?.SpendAsync(credits, cancellationToken) ?? Task.CompletedTask;

    /// <summary>How many messages recovery takes at once: a quarter of a second's worth.</summary>
    /// <param name="most">As many where there is no bound.</param>
    /// <param name="creditsEach">What a message costs.</param>
    public int RecoveryPage(int most, int creditsEach) =>
        _recovery is { PerSecond: var share } ? Math.Clamp(share / 4 / creditsEach, 1, most) : most;
}

/// <summary>A rate that is kept, with pauses made up for a little.</summary>
internal sealed class Pace(int perSecond, TimeProvider time)
{
    static readonly TimeSpan MadeUp = TimeSpan.FromMilliseconds(100);

    readonly Lock _lock = new();
    readonly long _began = time.GetTimestamp();

    // When all that was spent is paid for, by the monotonic clock.
    TimeSpan _free = -MadeUp;

    public int PerSecond => perSecond;

    public Task SpendAsync(int credits, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetElapsedTime(_began);
            _free = (_free > now - MadeUp ? _free : now - MadeUp) + credits * TimeSpan.FromSeconds(1) / perSecond;
            wait = _free - now;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellationToken) : Task.CompletedTask;
    }
}
