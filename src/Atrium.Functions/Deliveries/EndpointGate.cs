using Atrium.Functions.Egress;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Decides whether a request may go out to an endpoint now, so that no endpoint, no tenant and no set of slow endpoints
/// holds more than a part of the calls that this instance makes at a time (<see cref="EndpointBounds"/>).
/// docs/adr/0005-dead-endpoints.md has the alternatives.
/// </summary>
/// <remarks>
/// An endpoint is proven while its requests come back quickly, whatever their status. Each proven one may take half of
/// what the others leave. Those that are not proven share <see cref="EndpointBounds.MostUnproven"/> calls in the same
/// way, so that one gets eight of 128 calls, many get a few each, and the last still gets one (dynamic thresholds:
/// Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998). Those that are down have three eighths of
/// these at most, so that slow ones that work keep the others.
/// </remarks>
internal sealed partial class EndpointGate(EndpointBounds bounds, TimeProvider time, ILogger<EndpointGate> logger)
{
    /// <summary>
    /// Requests at a time to an endpoint that is down: two, so that the second does not wait for the first to time out.
    /// </summary>
    public const int MostWhenDown = 2;

    /// <summary>
    /// The pause between two requests to an endpoint that is down, while few calls are left. With requests of 15 s, one
    /// still ends within each <see cref="EndpointBounds.EvidenceWindow"/>.
    /// </summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(10);

    /// <summary>A request that has gone on for longer is slow, however it ends.</summary>
    public static readonly TimeSpan SlowFrom = TimeSpan.FromSeconds(2);

    /// <summary>How long an attempt waits for its turn before it is put back.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // The time between two equal lines of the log about one tenant.
    static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    // Endpoints without a request in progress. Each takes about three hundred bytes.
    const int MostRemembered = 10_000;

    const int SharesOfProven = 2;
    const int Shares = 8;
    const int SharesOfTenant = 4;

    readonly Lock _lock = new();
    readonly Dictionary<EndpointKey, Endpoint> _endpoints = [];

    // Endpoints with a slot that is taken or awaited. There are never more than the instance has calls.
    readonly HashSet<Endpoint> _busy = [];

    // Two names that no tenant can have.
    const string AllEndpoints = "*";
    const string AllSlow = "*slow";

    // When the log last named a tenant, or all endpoints, or all slow ones, for having reached a limit.
    readonly Dictionary<string, long> _toldAt = [];

    /// <summary>Asks for a slot, and waits a moment for one if that is worth it.</summary>
    /// <param name="key">The endpoint.</param>
    /// <param name="mayComeAgain">Whether the attempt may be put back uncounted although the endpoint is
    /// overloaded.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
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
    internal EndpointAdmission? Ask(EndpointKey key, bool mayComeAgain = true)
    {
        lock (_lock)
        {
            var endpoint = Of(key);
            var use = UseBeside(endpoint);
            var worthWaiting = !MayBegin(endpoint, use)
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
    internal EndpointAdmission Admit(EndpointKey key, bool mayComeAgain = true)
    {
        lock (_lock)
        {
            var endpoint = Of(key);
            if (MayBegin(endpoint, UseBeside(endpoint)))
            {
                return new EndpointAdmission.Granted(Begin(endpoint));
            }

            var admission = endpoint.Refuse(mayComeAgain);
            if (admission is EndpointAdmission.Busy or EndpointAdmission.InstanceBusy)
            {
                LogBounds(endpoint, admission is EndpointAdmission.InstanceBusy);
            }
            else if (admission is EndpointAdmission.Down(var evidence) && !endpoint.IsLoggedDown)
            {
                endpoint.IsLoggedDown = true;
                Log.Down(logger, endpoint.Key.SubscriptionId, endpoint.Key.Tenant, evidence.Requests, evidence.Last);
            }

            return admission;
        }
    }

    void LogBounds(Endpoint endpoint, bool leavesTooFew)
    {
        var use = UseBeside(endpoint);
        var isTenantAtBound = use.OfTenant >= bounds.MostOfTenant;
        if (isTenantAtBound && ShouldTell(endpoint.Key.Tenant))
        {
            Log.TenantAtBound(logger, endpoint.Key.Tenant, bounds.MostOfTenant);
        }
        else if (use.UnprovenOfTenant >= bounds.MostUnprovenOfTenant && ShouldTell(endpoint.Key.Tenant))
        {
            Log.SlowOfTenantAtBound(logger, endpoint.Key.Tenant, bounds.MostUnprovenOfTenant);
        }

        if ((leavesTooFew && endpoint.IsProven && !isTenantAtBound) || use.InAll >= bounds.MostInAll)
        {
            if (ShouldTell(AllEndpoints))
            {
                Log.InstanceBusy(logger, use.InAll, bounds.MostInAll);
            }
        }
        else if ((leavesTooFew && !endpoint.IsProven || FreeOfUnproven(use) <= 0) && ShouldTell(AllSlow))
        {
            Log.SlowAtBound(logger, use.Unproven, bounds.MostUnproven);
        }
    }

    bool ShouldTell(string of)
    {
        foreach (var (old, at) in _toldAt)
        {
            if (time.GetElapsedTime(at) >= Silence)
            {
                _toldAt.Remove(old);
            }
        }

        return _toldAt.TryAdd(of, time.GetTimestamp());
    }

    Endpoint Of(EndpointKey key)
    {
        if (!_endpoints.TryGetValue(key, out var endpoint))
        {
            _endpoints[key] = endpoint = new Endpoint(key, bounds, time);
        }

        return endpoint;
    }

    EndpointSlot Begin(Endpoint endpoint)
    {
        _busy.Add(endpoint);
        endpoint.Held++;
        return new EndpointSlot(endpoint, this);
    }

    bool MayBegin(Endpoint endpoint, Use use)
    {
        if (endpoint.IsProven)
        {
            var left = bounds.MostInAll - use.InAll + endpoint.Calls;
            return endpoint.Held < Math.Min(endpoint.Most, Math.Max(1, left / SharesOfProven))
                && use.OfTenant - use.WaitingOfTenant < bounds.MostOfTenant;
        }

        var free = FreeOfUnproven(use);
        var freeOfTenant = bounds.MostUnprovenOfTenant - use.UnprovenOfTenant;
        if (free <= 0 || freeOfTenant <= 0)
        {
            return false;
        }

        if (endpoint.Evidence() is null)
        {
            // One that is only doubted may take as much of these calls as it could of all.
            var share = endpoint.IsQuick
                ? (free + endpoint.Held) / SharesOfProven
                : Math.Min((free + endpoint.Held) / Shares, (freeOfTenant + endpoint.Held) / SharesOfTenant);
            return endpoint.Held < Math.Min(endpoint.Most, Math.Max(1, share));
        }

        // Those that are down have a part of their own, and take nothing from those that may work.
        var part = Math.Min(
            PartOfDown(free + use.Unproven) - use.Down,
            PartOfDown(bounds.MostUnprovenOfTenant) - use.DownOfTenant);
        return part > bounds.Scarce
            ? endpoint.Held < MostWhenDown
            : part > 0 && endpoint.Held == 0 && endpoint.SinceFailure >= ProbeInterval;
    }

    // Three eighths. With half, a slow endpoint beside forty dead ones got too few; with a quarter, evidence about a
    // hundred dead ones grew too old.
    static int PartOfDown(int unproven) => Math.Max(1, unproven * 3 / 8);

    // At most three for each two calls that are left, which is three fifths of what the proven ones leave. A few in any
    // case: a new endpoint has to be asked, and a dead one too, or nobody learns that it works.
    int FreeOfUnproven(Use use) => Math.Clamp(
        (bounds.MostInAll - use.InAll) * 3 / 2, bounds.MostUnprovenOfEndpoint, bounds.MostUnproven) - use.Unproven;

    Use UseBeside(Endpoint endpoint)
    {
        var use = default(Use);
        foreach (var other in _busy)
        {
            var sameTenant = other.Key.Tenant == endpoint.Key.Tenant;
            use.InAll += other.Calls;
            use.Waiting += other.Waiting.Count;
            use.OfTenant += sameTenant ? other.Calls : 0;
            use.WaitingOfTenant += sameTenant ? other.Waiting.Count : 0;
            if (!other.IsProven)
            {
                // An endpoint that was proven until now may have many more requests in progress. They end soon, and
                // take nothing from others.
                var held = other.IsDoubted ? other.Held : Math.Min(other.Held, bounds.MostUnprovenOfEndpoint);
                use.Unproven += held;
                use.UnprovenOfTenant += sameTenant ? held : 0;
                if (other.Evidence() is not null)
                {
                    use.Down += held;
                    use.DownOfTenant += sameTenant ? held : 0;
                }
            }
        }

        return use;
    }

    // Calls in use: of all, of those that wait, of the endpoint's tenant, and of the endpoints that are not proven.
    record struct Use(
        int InAll, int Waiting, int OfTenant, int WaitingOfTenant, int Unproven, int UnprovenOfTenant, int Down,
        int DownOfTenant);

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
            var mayBegin = MayBegin(endpoint, UseBeside(endpoint));
            if (!mayBegin && !endpoint.IsSlow)
            {
                return;
            }

            endpoint.Waiting.RemoveFirst();
            var slot = mayBegin ? Begin(endpoint) : null;
            if (!waiter.TrySetResult(slot) && slot is not null)
            {
                endpoint.Held--;
            }
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

        [LoggerMessage(3, LogLevel.Warning,
            "Tenant {Tenant} has all {Calls} calls that a tenant may have of an instance. What else is due for it is "
            + "put back, uncounted")]
        public static partial void TenantAtBound(ILogger logger, string tenant, int calls);

        [LoggerMessage(4, LogLevel.Warning,
            "Endpoints of tenant {Tenant} that are new, slow or dead have all {Calls} calls that those of one tenant "
            + "may have. What else is due for them is put back, uncounted")]
        public static partial void SlowOfTenantAtBound(ILogger logger, string tenant, int calls);

        [LoggerMessage(5, LogLevel.Warning,
            "Endpoints that are new, slow or dead have {Calls} of the {MaxCalls} calls that they may have of this "
            + "instance, and leave too few to others of them. What else is due for them is put back, uncounted")]
        public static partial void SlowAtBound(ILogger logger, int calls, int maxCalls);

        [LoggerMessage(6, LogLevel.Warning,
            "Endpoints have {Calls} of the {MaxCalls} calls that they may have of this instance, and leave too few to "
            + "others that could take more. What is due for those is put back, uncounted")]
        public static partial void InstanceBusy(ILogger logger, int calls, int maxCalls);
    }
}
