using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// What this instance knows of one endpoint. Not thread-safe: <see cref="EndpointGate"/> holds its lock.
/// </summary>
internal sealed class Endpoint(EndpointKey key, EndpointBounds bounds, TimeProvider time)
{
    /// <summary>
    /// Requests in a row that must have failed in the same way before an attempt counts without one.
    /// </summary>
    public const int MinEvidence = 2;

    /// <summary>
    /// An endpoint that becomes slow again so soon after it had come back is doubted for as long. It shares the calls
    /// of those that are not proven. Otherwise its requests that hang would take calls of the quick ones each time.
    /// </summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromMinutes(5);

    // How much the newest request weighs in the mean of their durations.
    const double Weight = 0.2;

    readonly LinkedList<long> _requests = [];
    FailureWay? _way;
    int _failures;
    Exchange? _lastFailure;
    DateTimeOffset _lastFailedAt;
    long? _failedAt;
    long? _otherwiseAt;
    long? _quickAt;
    long? _workedAt;
    long? _returnedAt;
    long? _doubtedAt;
    TimeSpan? _mean;
    bool _works;
    long _promised;

    public EndpointKey Key => key;

    /// <summary>Slots that are taken.</summary>
    public int Held { get; set; }

    /// <summary>Attempts that wait for a slot, the oldest first.</summary>
    public LinkedList<TaskCompletionSource<EndpointSlot?>> Waiting { get; } = [];

    /// <summary>The calls that both take.</summary>
    public int Calls => Held + Waiting.Count;

    /// <summary>Whether the log has been told that it is down.</summary>
    public bool IsLoggedDown { get; set; }

    /// <summary>
    /// How many requests came back quickly since the endpoint was last slow, up to the number that it may have at a
    /// time.
    /// </summary>
    public int QuickInARow { get; private set; }

    /// <summary>
    /// Requests at a time, as far as this endpoint is concerned. The number grows with each quick answer, so that an
    /// endpoint that returns is not flooded.
    /// </summary>
    public int Most => IsQuick
        ? Math.Min(bounds.Most, bounds.MostUnprovenOfEndpoint + QuickInARow)
        : bounds.MostUnprovenOfEndpoint;

    /// <summary>Whether its requests come back quickly.</summary>
    public bool IsQuick => QuickInARow > 0 && !Hangs;

    /// <summary>Whether it became slow again soon after it had come back; see <see cref="Doubt"/>.</summary>
    public bool IsDoubted => IsWithin(Doubt, _doubtedAt);

    /// <summary>Whether it is quick, and not doubted.</summary>
    public bool IsProven => IsQuick && !IsDoubted;

    /// <summary>Whether no request came back quickly lately, or too many take long.</summary>
    public bool IsSlow => Hangs || _mean is not null && QuickInARow == 0;

    // Requests in progress count as well, because a dead endpoint may take long until its first failure. A few slow
    // ones among quick ones do not matter.
    bool Hangs => IsLong(_quickAt is { } at && time.GetElapsedTime(at) < EndpointGate.SlowFrom
        ? bounds.MostStragglers
        : 0);

    // Whether more requests than this have gone on for long.
    bool IsLong(int most) => _requests.Count > most
        && time.GetElapsedTime(_requests.ElementAt(most)) >= EndpointGate.SlowFrom;

    public LinkedListNode<long> RequestBegan() => _requests.AddLast(time.GetTimestamp());

    /// <param name="request">What <see cref="RequestBegan"/> gave.</param>
    /// <param name="exchange">What came of it; null when our own code failed, which says nothing of the
    /// endpoint.</param>
    public void RequestEnded(LinkedListNode<long> request, Exchange? exchange)
    {
        var hung = Hangs;
        _requests.Remove(request);
        if (exchange is null)
        {
            return;
        }

        var took = time.GetElapsedTime(request.Value);
        if (took < EndpointGate.SlowFrom)
        {
            // What was promised while it was slow is later than what it can take now.
            _promised = IsQuick ? _promised : 0;
            if (QuickInARow == 0 && _mean is not null)
            {
                _doubtedAt = IsWithin(Doubt, _returnedAt) ? time.GetTimestamp() : _doubtedAt;
                _returnedAt = time.GetTimestamp();
            }

            QuickInARow = Math.Min(QuickInARow + 1, bounds.Most);
            _quickAt = time.GetTimestamp();
        }
        else if (hung)
        {
            QuickInARow = 0;
        }

        _mean = _mean is { } mean ? mean + Weight * (took - mean) : took;
        _works = exchange.Succeeded;
        if (exchange.Succeeded)
        {
            _workedAt = time.GetTimestamp();
            Begin(null);
        }
        else
        {
            Fail(exchange);
        }
    }

    /// <summary>Whether the endpoint is down: all recent requests failed, in the same way as those before.</summary>
    public EndpointAdmission.Down? Evidence() =>
        _failures >= MinEvidence && SinceFailure <= bounds.EvidenceWindow && !WasOtherwiseLately
            ? new EndpointAdmission.Down(_failures, bounds.EvidenceWindow, _lastFailedAt, _lastFailure!)
            : null;

    /// <summary>How long ago the last failure ended; null if no request has failed.</summary>
    public TimeSpan? SinceFailure => _failedAt is { } at ? time.GetElapsedTime(at) : null;

    bool WasOtherwiseLately => IsWithin(bounds.EvidenceWindow, _otherwiseAt);

    bool IsWithin(TimeSpan span, long? since) => since is { } at && time.GetElapsedTime(at) <= span;

    /// <summary>What becomes of an attempt for which there is no slot.</summary>
    /// <param name="mayComeAgain">Whether it may be put back although the endpoint is overloaded.</param>
    public EndpointAdmission Refuse(bool mayComeAgain)
    {
        if (Evidence() is { } down)
        {
            return down;
        }

        if (!_works && !WasOtherwiseLately)
        {
            // In a burst to an endpoint that is new here, no request has ended yet. A healthy endpoint answers soon.
            var isNew = _mean is null && Held > 0 && !IsLong(0);
            return new EndpointAdmission.Busy(isNew ? PutBackSchedule.First : null, bounds.FirstWait);
        }

        // It could take more, but others have all calls that are left.
        var underWay = _requests.Count;
        var works = _works || IsWithin(bounds.EvidenceWindow, _workedAt);
        if (Held < Most && underWay < bounds.Blameless && (IsProven || works && !mayComeAgain))
        {
            return new EndpointAdmission.InstanceBusy();
        }

        // Each attempt gets a different time, at the endpoint's own pace, so that it finds a free slot.
        var now = time.GetTimestamp();
        var latest = now + Ticks(PutBackSchedule.LongestAtEndpoint);
        var earliest = Math.Max(_promised, now + Ticks(PutBackSchedule.First));
        // One that has just died was quick until now.
        var pace = _requests.First is { } oldest && time.GetElapsedTime(oldest.Value) is var age && age > _mean
            ? age
            : _mean!.Value;
        var next = earliest + Ticks(pace / Math.Max(1, underWay));
        // A slot without a request is held by our look-ups. What fails, however it does, is not waited for.
        var isFull = underWay >= (works ? Math.Min(Most, bounds.Blameless) : 1);
        if (isFull && (!mayComeAgain || next > latest))
        {
            return new EndpointAdmission.Overloaded(underWay, pace);
        }

        _promised = Math.Min(next, latest);
        return new EndpointAdmission.Busy(time.GetElapsedTime(now, _promised), bounds.FirstWait);
    }

    void Fail(Exchange exchange)
    {
        var way = new FailureWay(exchange.Error, exchange.Status / 100);
        if (way != _way)
        {
            Begin(way);
        }

        _failures++;
        (_lastFailure, _lastFailedAt, _failedAt) = (exchange, time.GetUtcNow(), time.GetTimestamp());
    }

    // Earlier requests ended differently. They have to become old before the new outcome counts.
    void Begin(FailureWay? way)
    {
        if (way is null || _way is not null)
        {
            _otherwiseAt = time.GetTimestamp();
        }

        _way = way;
        _failures = 0;
    }

    long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    // Two failures are alike when they have these in common: a 502 and a 503 are one fault, a time-out is another.
    sealed record FailureWay(ErrorClass? Error, int? HundredsOfStatus);
}

/// <summary>What the gate says to an attempt that is due.</summary>
internal abstract record EndpointAdmission
{
    /// <summary>A request may be made.</summary>
    internal sealed record Granted(EndpointSlot Slot) : EndpointAdmission;

    /// <summary>No request may be made now, and it would fail like the others.</summary>
    /// <param name="Requests">How many in a row failed in the same way, 2 or more.</param>
    /// <param name="Within">The time before now in which all requests that ended are among them, and one is at
    /// least.</param>
    /// <param name="LastAt">When the last of them ended.</param>
    /// <param name="Last">What came of it.</param>
    internal sealed record Down(int Requests, TimeSpan Within, DateTimeOffset LastAt, Exchange Last)
        : EndpointAdmission;

    /// <summary>No request may be made now: the endpoint is busy, and too slow for what is due.</summary>
    /// <param name="AtOnce">The requests under way, as many as it gets, 1 or more.</param>
    /// <param name="Each">How long its latest requests took on average, or how long one has gone on if that is
    /// longer.</param>
    internal sealed record Overloaded(int AtOnce, TimeSpan Each) : EndpointAdmission;

    /// <summary>No request may be made now, and its result cannot be predicted.</summary>
    /// <param name="ComeAgain">When a slot is likely to be free; null if unknown.</param>
    /// <param name="FirstWait">How long to wait if that is unknown.</param>
    internal sealed record Busy(TimeSpan? ComeAgain, TimeSpan FirstWait) : EndpointAdmission;

    /// <summary>
    /// No request may be made now: the endpoint has few under way (<see cref="EndpointBounds.Blameless"/>), and could
    /// take more, but others have all calls of the instance, or of the tenant, that are left.
    /// </summary>
    internal sealed record InstanceBusy : EndpointAdmission;
}

/// <summary>
/// Identifies an endpoint: a subscription with its current URL. What is known of an earlier URL does not count for a
/// new one.
/// </summary>
internal sealed record EndpointKey(string Tenant, string SubscriptionId, string Url);

/// <summary>A slot for a request. Dispose of it when that is over.</summary>
internal sealed class EndpointSlot(Endpoint endpoint, EndpointGate gate) : IDisposable
{
    /// <summary>Makes the request, and notes its duration and result.</summary>
    public async Task<Exchange> SendAsync(Func<Task<Exchange>> send)
    {
        var request = gate.RequestBegan(endpoint);
        Exchange? exchange = null;
        try
        {
            return exchange = await send();
        }
        finally
        {
            gate.RequestEnded(endpoint, request, exchange);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gate.End(endpoint);
}
