using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Deliveries.Model;

/// <summary>
/// One instance of the app and its queue as a discrete-event model: the gate with those that wait in it, the policy and
/// the schedules are the code's own; requests, stores and the broker take the time that they are given here.
/// </summary>
sealed class InstanceModel
{
    // What a message costs beside its request: hand-out, table, send, settlement.
    static readonly TimeSpan Overhead = TimeSpan.FromMilliseconds(15);

    readonly FakeTimeProvider _time = new(Some.Time);
    readonly EndpointGate _gate;
    readonly Random _random = new(1);
    readonly PriorityQueue<Action, (DateTimeOffset At, long Number)> _events = new();
    readonly Queue<Due> _active = [];
    readonly LinkedList<(Due Due, TaskCompletionSource<EndpointSlot?> Waiter)> _waiting = [];
    readonly int _mostCalls;
    long _number;
    int _calls;

    /// <param name="calls">What the host lets an instance do at a time; null for what host.json says.</param>
    /// <param name="timeout">How long a request may take; null for the default.</param>
    public InstanceModel(int? calls = null, TimeSpan? timeout = null)
    {
        _mostCalls = calls ?? HostFile.MaxConcurrentCalls;
        Bounds = new EndpointBounds(_mostCalls, timeout ?? new EgressOptions().Timeout);
        _gate = new EndpointGate(Bounds, _time, NullLogger<EndpointGate>.Instance);
    }

    public EndpointBounds Bounds { get; }

    /// <summary>How long the tables take to record a request, or to look up whether one was made.</summary>
    public TimeSpan TableTakes { get; set; }

    /// <summary>All deliveries.</summary>
    public List<ModelDelivery> Deliveries { get; } = [];

    /// <summary>The most calls that were in use at a time.</summary>
    public int MostCalls { get; private set; }

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Sends events to an endpoint, evenly.</summary>
    public void Send(ModelEndpoint endpoint, double perSecond, TimeSpan from, TimeSpan to)
    {
        for (var at = from; at < to; at += TimeSpan.FromSeconds(1 / perSecond))
        {
            SendOne(endpoint, at);
        }
    }

    /// <summary>Sends events to an endpoint at random times, so many a second on average.</summary>
    public void SendAtRandom(ModelEndpoint endpoint, double perSecond, TimeSpan to)
    {
        for (var at = NextWait(); at < to; at += NextWait())
        {
            SendOne(endpoint, at);
        }

        TimeSpan NextWait() => TimeSpan.FromSeconds(-Math.Log(1 - _random.NextDouble()) / perSecond);
    }

    /// <summary>Lets time pass.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (_events.TryPeek(out _, out var next) && next.At <= Some.Time + end)
        {
            var happens = _events.Dequeue();
            _time.SetUtcNow(next.At);
            happens();
        }

        _time.SetUtcNow(Some.Time + end);
    }

    void SendOne(ModelEndpoint endpoint, TimeSpan at) => At(Some.Time + at, () =>
    {
        var delivery = new ModelDelivery(endpoint, Now);
        Deliveries.Add(delivery);
        Enqueue(new Due(delivery, Some.Delivery() with { DueAt = Now }));
    });

    void At(DateTimeOffset at, Action happens) => _events.Enqueue(happens, (at > Now ? at : Now, _number++));

    void Enqueue(Due due)
    {
        due.Delivery.Operations++;
        _active.Enqueue(due);
        TakeNext();
    }

    void TakeNext()
    {
        while (_calls < _mostCalls && _active.TryDequeue(out var due))
        {
            MostCalls = Math.Max(MostCalls, ++_calls);
            due.Delivery.Operations++;
            At(Now + Overhead, () => Attempt(due));
        }
    }

    void Attempt(Due due)
    {
        var key = due.Delivery.Endpoint.Key;
        if (_gate.Ask(key, DeliveryPolicy.MayComeAgain(due.Message)) is { } admission)
        {
            Act(due, admission);
            return;
        }

        var waiter = _gate.Wait(key);
        var place = _waiting.AddLast((due, waiter));
        At(Now + EndpointGate.Patience, () =>
        {
            if (place.List is not null)
            {
                _waiting.Remove(place);
                GoOn(due, _gate.GiveUp(key, waiter));
            }
        });
    }

    void GoOn(Due due, EndpointSlot? slot) => Act(due, slot is null
        ? _gate.Admit(due.Delivery.Endpoint.Key, DeliveryPolicy.MayComeAgain(due.Message))
        : new EndpointAdmission.Granted(slot));

    void Act(Due due, EndpointAdmission admission)
    {
        switch (admission)
        {
            case EndpointAdmission.Granted(var slot):
                if (due.Message is { Attempt: 1, PutBack: 0 } || TableTakes == TimeSpan.Zero)
                {
                    Send(due, slot);
                }
                else
                {
                    At(Now + TableTakes, () => Send(due, slot));
                }

                break;
            default:
                Settle(due, new AttemptResult.NotAdmitted(admission));
                break;
        }
    }

    void Send(Due due, EndpointSlot slot)
    {
        due.Delivery.RequestsAt.Add(Now);
        due.Delivery.Endpoint.Concurrent++;
        var answer = due.Delivery.Endpoint.Answer(Now - Some.Time);
        var endsAt = Now + TimeSpan.FromMilliseconds(answer.Timings.Total);
        due.Delivery.Endpoint.Requests.Add(new(Now, endsAt, answer));
        var answered = new TaskCompletionSource<Exchange>();
        var sending = slot.SendAsync(() => answered.Task);
        At(endsAt, () =>
        {
            due.Delivery.Endpoint.Concurrent--;
            // Completes at once: nothing in between waits for anything else.
            answered.SetResult(answer);
            Assert.True(sending.IsCompletedSuccessfully);
            slot.Dispose();
            ServeWaiting();
            At(Now + TableTakes, () => Settle(due, new AttemptResult.Made(answer)));
        });
    }

    // Those who learned something when a slot was given back.
    void ServeWaiting()
    {
        for (var place = _waiting.First; place is not null;)
        {
            var next = place.Next;
            if (place.Value.Waiter.Task is { IsCompleted: true } given)
            {
                _waiting.Remove(place);
                GoOn(place.Value.Due, given.Result);
            }

            place = next;
        }
    }

    void Settle(Due due, AttemptResult result)
    {
        var delivery = due.Delivery;
        var verdict = DeliveryPolicy.Decide(due.Message, result, Now, Now, _random.NextDouble());
        if (verdict.Record is { } record)
        {
            delivery.Attempts.Add(record);
        }

        delivery.Operations++;
        switch (verdict.Settlement)
        {
            case Settlement.Retry(var next):
                At(next.DueAt, () => Enqueue(new Due(delivery, next)));
                break;
            case Settlement.PutBack(var copy, var wait):
                delivery.PutBacks++;
                At(Now + wait, () => Enqueue(new Due(delivery, copy)));
                break;
            default:
                delivery.EndedAt = Now;
                break;
        }

        _calls--;
        TakeNext();
    }

    sealed record Due(ModelDelivery Delivery, DeliveryMessage Message);
}

/// <summary>A receiver of the model.</summary>
/// <param name="Key">Whose.</param>
/// <param name="Answer">What comes of a request that is made at a time since the beginning, and how long it
/// takes.</param>
sealed record ModelEndpoint(EndpointKey Key, Func<TimeSpan, Exchange> Answer)
{
    /// <summary>Requests under way.</summary>
    public int Concurrent { get; set; }

    /// <summary>All requests, as they began.</summary>
    public List<ModelRequest> Requests { get; } = [];
}

/// <summary>A request of the model.</summary>
sealed record ModelRequest(DateTimeOffset BeganAt, DateTimeOffset EndsAt, Exchange Exchange);

/// <summary>A delivery of the model.</summary>
sealed record ModelDelivery(ModelEndpoint Endpoint, DateTimeOffset CreatedAt)
{
    public List<AttemptRecord> Attempts { get; } = [];
    public int PutBacks { get; set; }

    /// <summary>When its requests began.</summary>
    public List<DateTimeOffset> RequestsAt { get; } = [];

    /// <summary>Sends, receives and settlements.</summary>
    public int Operations { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
    public bool Delivered => Attempts is [.., { Outcome: AttemptOutcome.Delivered }];
}
