using Atrium.Functions.Egress;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Decides whether a request may go out to an endpoint now, so that no endpoint, no tenant and no set of slow endpoints
/// holds more than a part of the calls that this instance makes at a time (<see cref="EndpointBounds"/>).
/// docs/adr/0005-dead-endpoints.md has the alternatives.
/// </summary>
internal sealed partial class EndpointGate(EndpointBounds bounds, TimeProvider time, ILogger<EndpointGate> logger)
{
    /// <summary>A request that has gone on for longer is slow, however it ends.</summary>
    public static readonly TimeSpan SlowFrom = TimeSpan.FromSeconds(2);

    /// <summary>How long an attempt waits for its turn before it is put back.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Endpoints without a request in progress. Each takes about three hundred bytes.
    const int MostRemembered = 10_000;

    readonly Lock _lock = new();
    readonly Dictionary<EndpointKey, Endpoint> _endpoints = [];

    // Endpoints with a slot that is taken or awaited. There are never more than the instance has calls.
    readonly HashSet<Endpoint> _busy = [];

    readonly BoundsLog _boundsLog = new(bounds, time, logger);

    /// <summary>Asks for a slot, and waits a moment for one if that is worth it.</summary>
    /// <param name="key">The endpoint.</param>
    /// <param name="mayComeAgain">Whether the attempt may be put back uncounted although the endpoint is
    /// overloaded.</param>
    public async Task<EndpointAdmission> EnterAsync(
        EndpointKey key, bool mayComeAgain, CancellationToken cancellationToken)
    {
        TaskCompletionSource<EndpointSlot?> waiter;
        lock (_lock)
        {
            if (Ask(key, mayComeAgain) is { } admission)
            {
                return admission;
            }

            waiter = Wait(key);
        }

        EndpointSlot? slot;
        try
        {
            slot = await waiter.Task.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            slot = GiveUp(key, waiter);
        }
        catch (OperationCanceledException)
        {
            GiveUp(key, waiter)?.Dispose();
            throw;
        }

        return slot is null ? Admit(key, mayComeAgain) : new EndpointAdmission.Granted(slot);
    }

    /// <summary>Asks for a slot.</summary>
    /// <returns>Null when one may be free in a moment, and the attempt has to <see cref="Wait"/>.</returns>
    internal EndpointAdmission? Ask(EndpointKey key, bool mayComeAgain)
    {
        lock (_lock)
        {
            var endpoint = Of(key);
            var use = UseFor(endpoint);
            var worthWaiting = !use.MayBegin()
                && !endpoint.IsSlow
                && use.Waiting < bounds.MostWaiting
                && use.OfTenant < bounds.MostOfTenant
                && use.InAll < bounds.MostInAll;
            return worthWaiting ? null : Admit(key, mayComeAgain);
        }
    }

    /// <summary>Waits for a slot; at most as many as <see cref="Ask"/> lets.</summary>
    /// <returns>Ends with a slot, or with null when the endpoint has become slow.</returns>
    internal TaskCompletionSource<EndpointSlot?> Wait(EndpointKey key)
    {
        lock (_lock)
        {
            var endpoint = Of(key);
            var waiter = new TaskCompletionSource<EndpointSlot?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _busy.Add(endpoint);
            endpoint.Waiting.AddLast(waiter);
            return waiter;
        }
    }

    /// <summary>Waits no longer.</summary>
    /// <returns>The slot that was given at this very moment, if one was.</returns>
    internal EndpointSlot? GiveUp(EndpointKey key, TaskCompletionSource<EndpointSlot?> waiter)
    {
        lock (_lock)
        {
            // Slots are given under this lock, so one that was given is visible here.
            if (!waiter.TrySetResult(null))
            {
                return waiter.Task.GetAwaiter().GetResult();
            }

            var endpoint = Of(key);
            endpoint.Waiting.Remove(waiter);
            Forget(endpoint);
            AnswerAll();
            return null;
        }
    }

    /// <summary>Gives a slot if there is one, or says what becomes of the attempt.</summary>
    internal EndpointAdmission Admit(EndpointKey key, bool mayComeAgain)
    {
        lock (_lock)
        {
            var endpoint = Of(key);
            if (UseFor(endpoint).MayBegin())
            {
                return new EndpointAdmission.Granted(Begin(endpoint));
            }

            var admission = endpoint.Refuse(mayComeAgain);
            if (admission is EndpointAdmission.Busy or EndpointAdmission.InstanceBusy)
            {
                _boundsLog.Refused(endpoint, UseFor(endpoint), admission is EndpointAdmission.InstanceBusy);
            }
            else if (admission is EndpointAdmission.Down down && !endpoint.IsLoggedDown)
            {
                endpoint.IsLoggedDown = true;
                Log.Down(logger, endpoint.Key.SubscriptionId, endpoint.Key.Tenant, down.Requests, down.Last);
            }

            return admission;
        }
    }

    Endpoint Of(EndpointKey key)
    {
        if (!_endpoints.TryGetValue(key, out var endpoint))
        {
            _endpoints[key] = endpoint = new Endpoint(key, bounds, time);
        }

        return endpoint;
    }

    CallsInUse UseFor(Endpoint endpoint) => new(endpoint, _busy, bounds);

    EndpointSlot Begin(Endpoint endpoint)
    {
        _busy.Add(endpoint);
        endpoint.Held++;
        return new EndpointSlot(endpoint, this);
    }

    /// <summary>Notes that a request goes out.</summary>
    internal LinkedListNode<long> RequestBegan(Endpoint endpoint)
    {
        lock (_lock)
        {
            return endpoint.RequestBegan();
        }
    }

    /// <summary>Notes the result; null when our own code failed.</summary>
    internal void RequestEnded(Endpoint endpoint, LinkedListNode<long> request, Exchange? exchange)
    {
        lock (_lock)
        {
            endpoint.RequestEnded(request, exchange);
            if (endpoint.IsLoggedDown && exchange is { Succeeded: true })
            {
                endpoint.IsLoggedDown = false;
                Log.Up(logger, endpoint.Key.SubscriptionId, endpoint.Key.Tenant);
            }
        }
    }

    /// <summary>Takes a slot back. A waiting attempt gets it, or learns that its endpoint is slow.</summary>
    internal void End(Endpoint endpoint)
    {
        lock (_lock)
        {
            endpoint.Held--;
            AnswerAll();
            Forget(endpoint);
        }
    }

    void AnswerAll()
    {
        foreach (var waiting in _busy.Where(other => other.Waiting.Count > 0).ToList())
        {
            Answer(waiting);
            Forget(waiting);
        }
    }

    void Answer(Endpoint endpoint)
    {
        while (endpoint.Waiting.First is { Value: var waiter })
        {
            var mayBegin = UseFor(endpoint).MayBegin();
            if (!mayBegin && !endpoint.IsSlow)
            {
                return;
            }

            endpoint.Waiting.RemoveFirst();
            waiter.SetResult(mayBegin ? Begin(endpoint) : null);
        }
    }

    void Forget(Endpoint endpoint)
    {
        if (endpoint is { Held: 0, Waiting.Count: 0 })
        {
            _busy.Remove(endpoint);
        }

        if (_endpoints.Count > MostRemembered)
        {
            foreach (var idle in _endpoints.Values.Where(other => !_busy.Contains(other)).ToList())
            {
                _endpoints.Remove(idle.Key);
            }
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The endpoint of subscription {SubscriptionId} of tenant {Tenant} is down: the last {Requests} requests "
            + "all failed ({Failure}). What is due for it counts as failed, without a request, while it has no slot to "
            + "give")]
        public static partial void Down(
            ILogger logger, string subscriptionId, string tenant, int requests, Exchange failure);

        [LoggerMessage(2, LogLevel.Information,
            "The endpoint of subscription {SubscriptionId} of tenant {Tenant} works again")]
        public static partial void Up(ILogger logger, string subscriptionId, string tenant);
    }
}
