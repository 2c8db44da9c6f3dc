namespace Atrium.Functions.Messaging;

/// <summary>The Service Bus queues, and the setting under which their namespace is connected.</summary>
internal static class Queues
{
    /// <summary>Events as Atrium published them, one message an event.</summary>
    public const string VisitorEvents = "visitor-events";

    /// <summary>One message for each event and matching subscription; retries are scheduled on it.</summary>
    public const string Deliveries = "deliveries";

    /// <summary>
    /// Deliveries of paused subscriptions. A queue of its own, since what waits for long counts against a queue's size.
    /// </summary>
    public const string Parked = "parked";

    /// <summary>Steps of jobs: replay, discard, resume and the like.</summary>
    public const string Jobs = "jobs";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [VisitorEvents, Deliveries, Parked, Jobs];

    /// <summary>
    /// For how long each of them remembers message ids, as it is declared: a second message with the same id is
    /// dropped.
    /// </summary>
    public static readonly TimeSpan DuplicateWindow = TimeSpan.FromHours(1);

    /// <summary>
    /// How often each of them, but for <see cref="Parked"/>, hands out a message before it is dead-lettered: the guard
    /// against one that kills the process. Retries are messages of their own.
    /// </summary>
    public const int MaxDeliveryCount = 10;

    /// <summary>
    /// The same for <see cref="Parked"/>, from which jobs take messages: one that dies over a message counts, and so
    /// does one that is stopped or finds the subscription paused again.
    /// </summary>
    public const int ParkedMaxDeliveryCount = 100;

    /// <summary>
    /// Name of the connection string, or prefix of the identity-based settings
    /// (<c>ServiceBus__fullyQualifiedNamespace</c>).
    /// </summary>
    public const string Connection = "ServiceBus";
}

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
