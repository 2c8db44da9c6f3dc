namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>When a token is renewed.</summary>
internal static class TokenRenewal
{
    /// <summary>Room for some tries that fail.</summary>
    static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>A token that is about to expire, or has, is not asked for in a tight loop.</summary>
    static readonly TimeSpan Least = TimeSpan.FromSeconds(10);

    /// <summary>A token may claim to last for years; timers do not.</summary>
    static readonly TimeSpan Most = TimeSpan.FromDays(1);

    public static TimeSpan AfterFailure { get; } = TimeSpan.FromSeconds(30);

    public static TimeSpan Delay(DateTimeOffset expires, DateTimeOffset now)
    {
        var left = expires - now;
        var delay = left > 2 * Ahead ? left - Ahead : left / 2;
        return delay < Least ? Least : delay > Most ? Most : delay;
    }
}
