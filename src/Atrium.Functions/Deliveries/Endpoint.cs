using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// What this instance knows of one endpoint. Not thread-safe: <see cref="EndpointGate"/> holds its lock.
/// </summary>
internal sealed class Endpoint(EndpointKey key, TimeProvider time)
{
    /// <summary>How long the outcome of a request says something of the endpoint.</summary>
    public static readonly TimeSpan EvidenceWindow = TimeSpan.FromSeconds(30);

    /// <summary>Requests that must have failed in the same way before an attempt counts without one.</summary>
    public const int MinEvidence = 2;

    // More than an explanation needs to say.
    const int MostRemembered = 16;

    // How much the newest request weighs in the mean of their durations.
    const double Weight = 0.2;

    readonly LinkedList<long> _requests = [];
    readonly Queue<long> _failures = [];
    FailureWay? _way;
    Exchange? _lastFailure;
    DateTimeOffset _lastFailedAt;
    long? _otherwiseAt;
    TimeSpan? _mean;
    bool _works;
    long _promised;

    public EndpointKey Key => key;

    /// <summary>Slots that are taken.</summary>
    public int Held { get; set; }

    /// <summary>Attempts that wait for a slot, the oldest first.</summary>
    public LinkedList<TaskCompletionSource<EndpointSlot?>> Waiting { get; } = [];

    /// <summary>Whether the log has been told that it is down.</summary>
    public bool IsToldDown { get; set; }

    /// <summary>Requests that came back quickly, since the last that did not.</summary>
    public int QuickInARow { get; private set; }

    /// <summary>Whether its requests come back quickly.</summary>
    public bool IsProven => QuickInARow > 0 && !Hangs;

    /// <summary>Whether the last request was slow, or one under way is.</summary>
    public bool IsSlow => Hangs || _mean is not null && QuickInARow == 0;

    // By the oldest as well, since a dead endpoint takes its time to fail for the first time.
    bool Hangs => _requests.First is { } oldest && time.GetElapsedTime(oldest.Value) >= EndpointGate.SlowFrom;

    public LinkedListNode<long> RequestBegan() => _requests.AddLast(time.GetTimestamp());

    /// <param name="request">What <see cref="RequestBegan"/> gave.</param>
    /// <param name="exchange">What came of it; null when our own code failed, which says nothing of the
    /// endpoint.</param>
    public void RequestEnded(LinkedListNode<long> request, Exchange? exchange)
    {
        _requests.Remove(request);
        if (exchange is null)
        {
            return;
        }

        var took = time.GetElapsedTime(request.Value);
        QuickInARow = took < EndpointGate.SlowFrom ? Math.Min(QuickInARow + 1, EndpointGate.Most) : 0;
        _mean = _mean is { } mean ? mean + Weight * (took - mean) : took;
        _works = exchange.Succeeded;
        if (exchange.Succeeded)
        {
            Begin(null);
        }
        else
        {
            Fail(exchange);
        }
    }

    /// <summary>Whether the endpoint is down: what was asked of it lately all failed, and in the same way.</summary>
    public EndpointDown? Evidence()
    {
        while (_failures.TryPeek(out var oldest) && time.GetElapsedTime(oldest) > EvidenceWindow)
        {
            _failures.Dequeue();
        }

        return _failures.Count < MinEvidence
            || _otherwiseAt is { } otherwise && time.GetElapsedTime(otherwise) <= EvidenceWindow
                ? null
                : new EndpointDown(_failures.Count, _lastFailedAt, _lastFailure!);
    }

    /// <summary>What becomes of an attempt for which there is no slot.</summary>
    public EndpointAdmission Refuse()
    {
        if (Evidence() is { } down)
        {
            return new EndpointAdmission.Down(down);
        }

        if (!_works)
        {
            return new EndpointAdmission.Busy(null);
        }

        // Each gets a time of its own, as fast as the endpoint has been, so that it comes when there is a slot for it.
        var limit = IsProven ? EndpointGate.Most : EndpointGate.MostUnprovenOfEndpoint;
        var now = time.GetTimestamp();
        var earliest = now + Ticks(PutBackSchedule.First);
        var latest = now + Ticks(PutBackSchedule.Longest);
        _promised = Math.Min(Math.Max(_promised, earliest) + Ticks(_mean!.Value / limit), latest);
        return new EndpointAdmission.Busy(time.GetElapsedTime(now, _promised));
    }

    void Fail(Exchange exchange)
    {
        var way = new FailureWay(exchange.Error, exchange.Status / 100);
        if (way != _way)
        {
            Begin(way);
        }

        _failures.Enqueue(time.GetTimestamp());
        if (_failures.Count > MostRemembered)
        {
            _failures.Dequeue();
        }

        (_lastFailure, _lastFailedAt) = (exchange, time.GetUtcNow());
    }

    // What came before is other than what comes now: it must have become old before the new counts.
    void Begin(FailureWay? way)
    {
        if (way is null || _way is not null)
        {
            _otherwiseAt = time.GetTimestamp();
        }

        _way = way;
        _failures.Clear();
    }

    long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    // Two failures are alike when they have these in common: a 502 and a 503 are one fault, a time-out is another.
    sealed record FailureWay(ErrorClass? Error, int? HundredsOfStatus);
}

/// <summary>Why an attempt counts for which no request was made.</summary>
/// <param name="Requests">How many were made to the endpoint within <see cref="Endpoint.EvidenceWindow"/>, all of which
/// failed in the same way; at most 16.</param>
/// <param name="LastAt">When the last of them ended.</param>
/// <param name="Last">What came of it.</param>
internal sealed record EndpointDown(int Requests, DateTimeOffset LastAt, Exchange Last);

/// <summary>What the gate says to an attempt that is due.</summary>
internal abstract record EndpointAdmission
{
    /// <summary>A request may be made.</summary>
    internal sealed record Granted(EndpointSlot Slot) : EndpointAdmission;

    /// <summary>None may be made now, and it would fail as the others do.</summary>
    internal sealed record Down(EndpointDown Evidence) : EndpointAdmission;

    /// <summary>None may be made now, and nobody knows what would come of it.</summary>
    /// <param name="ComeAgain">When there is likely to be a slot; null when the endpoint is not known to work.</param>
    internal sealed record Busy(TimeSpan? ComeAgain) : EndpointAdmission;
}

/// <summary>
/// Which endpoint is meant: a subscription's, under its present URL, so that nothing that is known of an earlier URL
/// counts for the one that mends it.
/// </summary>
internal sealed record EndpointKey(string Tenant, string SubscriptionId, string Url);

/// <summary>A request's place, to be disposed of when the attempt is over.</summary>
internal sealed class EndpointSlot(Endpoint endpoint, EndpointGate gate) : IDisposable
{
    /// <summary>Makes the request, and notes how long it takes and what comes of it.</summary>
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
