using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Messaging;

/// <summary>How long a message is put back without counting as an attempt.</summary>
internal static class PutBackSchedule
{
    /// <summary>The shortest wait, but for what jitter takes off it.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest wait while tables, vault or Service Bus fail: when they work again, work goes on soon.
    /// </summary>
    public static readonly TimeSpan LongestOutage = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The longest wait of all, while something lasts. All that waits so comes by once in this time: after six hours of
    /// an event a second, twelve deliveries a second.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The longest wait for a slot of an endpoint that works: five of them make a run ten minutes late.
    /// </summary>
    public static readonly TimeSpan LongestAtEndpoint = TimeSpan.FromMinutes(2);

    /// <summary>After a failure on our side: five seconds, doubling to a minute.</summary>
    /// <param name="putBacks">How often this message was put back before; 0 the first time.</param>
    /// <param name="jitter">At least 0, below 1: takes off up to a quarter, so that a whole queue does not come back at
    /// once.</param>
    public static TimeSpan AfterOutage(int putBacks, double jitter) => Doubled(putBacks, LongestOutage, jitter);

    /// <summary>While an endpoint has no slot to give and nothing is known of it: the same each time.</summary>
    /// <param name="firstWait">Longer than a request may take.</param>
    /// <param name="jitter">At least 0, below 1: takes off up to a tenth, so that the wait remains longer than
    /// that.</param>
    public static TimeSpan AtBusyEndpoint(TimeSpan firstWait, double jitter) => firstWait * (1 - 0.1 * jitter);

    /// <summary>
    /// While something lasts that does not concern all deliveries: a secret is missing, <c>parked</c> takes nothing, or
    /// the instance has no call left for an endpoint that works. Five seconds, doubling to half an hour.
    /// </summary>
    /// <inheritdoc cref="AfterOutage"/>
    public static TimeSpan WhileItLasts(int putBacks, double jitter) => Doubled(putBacks, Longest, jitter);

    static TimeSpan Doubled(int times, TimeSpan longest, double jitter)
    {
        var doubled = First * Math.Pow(2, Math.Min(times, 10));
        return (doubled < longest ? doubled : longest) * (1 - 0.25 * jitter);
    }
}

/// <summary>Why a message is put back uncounted.</summary>
internal static class PutBackReason
{
    /// <summary>The tables, the vault or Service Bus failed.</summary>
    public const string Dependency = "dependency";

    /// <summary>The vault does not hold what a request is signed with.</summary>
    public const string SecretMissing = "secret_missing";

    /// <summary>
    /// The endpoint has as many requests in progress as it may have, or all slow endpoints have.
    /// </summary>
    public const string EndpointBusy = "endpoint_busy";

    /// <summary>The endpoint works, and its tenant, or all endpoints, have all calls that they may have.</summary>
    public const string InstanceBusy = "instance_busy";

    /// <summary>The subscription is paused, and the queue <c>parked</c> is full, disabled or missing.</summary>
    public const string ParkedFull = "parked_full";

    /// <summary>Why an outage puts a message back.</summary>
    public static string Of(Exception outage) => outage is MissingSecretException ? SecretMissing : Dependency;
}

/// <summary>Puts messages back uncounted, and reports it to log, trace and metrics.</summary>
internal sealed class PutBacks(AtriumMetrics metrics, OutageLog outages, Func<double> jitter)
{
    /// <summary>How long a message waits when an outage puts it back.</summary>
    /// <param name="outage">What was thrown.</param>
    /// <param name="putBacks">How often this message was put back before, for the same reason; 0 the first
    /// time.</param>
    /// <param name="log">Logs a line with the wait in seconds and the error; called the first time only, and not where
    /// the lines about the outage explain it.</param>
    public TimeSpan AfterOutage(Exception outage, int putBacks, Action<double, string> log)
    {
        var wait = PutBackReason.Of(outage) == PutBackReason.SecretMissing
            ? PutBackSchedule.WhileItLasts(putBacks, jitter())
            : PutBackSchedule.AfterOutage(putBacks, jitter());
        if (!outages.Explains(outage) && putBacks == 0)
        {
            log(wait.TotalSeconds, ErrorText.Of(outage));
        }

        Tracing.Fail(outage);
        return wait;
    }

    /// <summary>Sends the copy that comes back, and counts it once it is sent.</summary>
    /// <param name="queue">Where the message lies.</param>
    /// <param name="reason">One of <see cref="PutBackReason"/>.</param>
    /// <param name="sendAsync">Sends the copy.</param>
    public async Task SendAsync(string queue, string reason, Func<Task> sendAsync)
    {
        await sendAsync();
        metrics.PutBack(queue, reason);
    }
}
