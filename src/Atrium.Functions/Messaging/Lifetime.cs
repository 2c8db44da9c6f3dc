namespace Atrium.Functions.Messaging;

/// <summary>
/// How long an event and its deliveries live on the queues. Every copy gets what is left, so that no copying prolongs
/// it.
/// </summary>
internal static class Lifetime
{
    /// <summary>
    /// Counted from when the event was accepted, or a person last brought it back; also the queues' default time to
    /// live.
    /// </summary>
    public static readonly TimeSpan Whole = TimeSpan.FromDays(14);

    // The broker refuses a time to live of zero; an overdue message gets the shortest and expires into the dead-letter
    // queue, visibly.
    static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <param name="livesFrom">When the event was accepted, or a person last brought it back.</param>
    /// <param name="from">When the copy becomes active.</param>
    public static TimeSpan LeftOf(DateTimeOffset livesFrom, DateTimeOffset from)
    {
        var left = livesFrom + Whole - from;
        return left > Shortest ? left : Shortest;
    }
}
