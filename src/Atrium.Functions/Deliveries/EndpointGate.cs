using Atrium.Functions.Egress;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Decides whether a request may go out to an endpoint now, so that no endpoint, no tenant and no set of slow endpoints
/// holds more than a part of the calls that host.json lets this instance make (maxConcurrentCalls, 128). What was
/// considered instead is in docs/adr/0005-dead-endpoints.md.
/// </summary>
/// <remarks>
/// An endpoint is proven while its requests come back quickly, whatever they say. All others share
/// <see cref="MostUnproven"/> calls: each may take a part of what the others leave, so that one gets eight, many get a
/// few each, and the last still gets one (dynamic thresholds: Choudhury and Hahne, IEEE/ACM Transactions on Networking
/// 6(2), 1998).
/// </remarks>
internal sealed partial class EndpointGate(TimeProvider time, ILogger<EndpointGate> logger)
{
    /// <summary>Requests at a time to one endpoint that answers quickly: half of an instance's calls.</summary>
    public const int Most = 64;

    /// <summary>Calls of one tenant at a time, those that wait for their turn included: three quarters.</summary>
    public const int MostOfTenant = 96;

    /// <summary>Requests at a time to all endpoints together that are not proven to be quick: half.</summary>
    public const int MostUnproven = 64;

    /// <summary>The same for the endpoints of one tenant: a quarter.</summary>
    public const int MostUnprovenOfTenant = 32;

    /// <summary>The same for one endpoint, while nobody else needs them.</summary>
    public const int MostUnprovenOfEndpoint = MostUnproven / Shares;

    /// <summary>
    /// Requests at a time to an endpoint that is down: two, so that the end of one need not be awaited.
    /// </summary>
    public const int MostWhenDown = 2;

    /// <summary>
    /// How long after the end of one the next is made to an endpoint that is down while calls are short: with a request
    /// of 15 s, the last two lie within <see cref="Endpoint.EvidenceWindow"/>.
    /// </summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(10);

    /// <summary>Attempts that wait for their turn, of all endpoints together: each holds a call.</summary>
    public const int MostWaiting = 32;

    /// <summary>A request that has gone on for longer makes its endpoint slow, however it ends.</summary>
    public static readonly TimeSpan SlowFrom = TimeSpan.FromSeconds(2);

    /// <summary>How long an attempt waits for its turn before it is put back.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Endpoints that nothing is under way to; some three hundred bytes each.
    const int MostRemembered = 10_000;

    const int Shares = 8;
    const int SharesOfTenant = 4;

    // A quarter of what one tenant may have.
    const int Scarce = MostUnprovenOfTenant / 4;

    readonly Lock _gate = new();
    readonly Dictionary<EndpointKey, Endpoint> _endpoints = [];

    // Those with a slot taken or awaited: never more than the instance has calls.
    readonly HashSet<Endpoint> _busy = [];

    /// <summary>Asks for a slot, and waits a moment for one where that is worth it.</summary>
    /// <param name="key">The endpoint.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<EndpointAdmission> EnterAsync(EndpointKey key, CancellationToken cancellationToken)
    {
        Endpoint endpoint;
        var waiter = new TaskCompletionSource<EndpointSlot?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            endpoint = Of(key);
            if (Ask(endpoint) is { } admission)
            {
                return admission;
            }

            _busy.Add(endpoint);
            endpoint.Waiting.AddLast(waiter);
        }

        try
        {
            if (await waiter.Task.WaitAsync(Patience, time, cancellationToken) is { } slot)
            {
                return new EndpointAdmission.Granted(slot);
            }
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The slot may be given at this very moment.
            if (!waiter.TrySetResult(null) && await waiter.Task is { } slot)
            {
                if (e is TimeoutException)
                {
                    return new EndpointAdmission.Granted(slot);
                }

                slot.Dispose();
            }

            lock (_gate)
            {
                endpoint.Waiting.Remove(waiter);
                Forget(endpoint);
            }

            if (e is OperationCanceledException)
            {
                throw;
            }
        }

        lock (_gate)
        {
            return Refuse(endpoint);
        }
    }

    EndpointAdmission Refuse(Endpoint endpoint)
    {
        var admission = endpoint.Refuse();
        if (admission is EndpointAdmission.Down(var evidence) && !endpoint.IsToldDown)
        {
            endpoint.IsToldDown = true;
            Log.Down(logger, endpoint.Key.SubscriptionId, endpoint.Key.Tenant, evidence.Requests, evidence.Last);
        }

        return admission;
    }

    /// <summary>Asks for a slot.</summary>
    /// <returns>Null when one may be free in a moment.</returns>
    internal EndpointAdmission? Ask(EndpointKey key)
    {
        lock (_gate)
        {
            return Ask(Of(key));
        }
    }

    /// <summary>What becomes of an attempt that has waited for nothing.</summary>
    internal EndpointAdmission Refuse(EndpointKey key)
    {
        lock (_gate)
        {
            return Refuse(Of(key));
        }
    }

    Endpoint Of(EndpointKey key)
    {
        if (!_endpoints.TryGetValue(key, out var endpoint))
        {
            _endpoints[key] = endpoint = new Endpoint(key, time);
        }

        return endpoint;
    }

    EndpointAdmission? Ask(Endpoint endpoint)
    {
        if (MayBegin(endpoint))
        {
            return new EndpointAdmission.Granted(Begin(endpoint));
        }

        var worthWaiting = !endpoint.IsSlow
            && _busy.Sum(other => other.Waiting.Count) < MostWaiting
            && OfTenant(endpoint).Sum(other => other.Held + other.Waiting.Count) < MostOfTenant;
        return worthWaiting ? null : Refuse(endpoint);
    }

    EndpointSlot Begin(Endpoint endpoint)
    {
        _busy.Add(endpoint);
        endpoint.Held++;
        return new EndpointSlot(endpoint, this);
    }

    bool MayBegin(Endpoint endpoint)
    {
        if (endpoint.IsProven)
        {
            // The limit grows with each quick answer, so that one that comes back is not run over.
            return endpoint.Held < Math.Min(Most, MostUnprovenOfEndpoint + endpoint.QuickInARow)
                && OfTenant(endpoint).Sum(other => other.Held) < MostOfTenant;
        }

        // One that was proven until now may have many more under way, which end soon: they take nothing from others.
        var unproven = _busy.Where(other => !other.IsProven)
            .ToLookup(
                other => other.Key.Tenant == endpoint.Key.Tenant,
                other => Math.Min(other.Held, MostUnprovenOfEndpoint));
        var free = MostUnproven - unproven.Sum(tenant => tenant.Sum());
        var freeOfTenant = MostUnprovenOfTenant - unproven[true].Sum();
        var share = Math.Min((free + endpoint.Held) / Shares, (freeOfTenant + endpoint.Held) / SharesOfTenant);
        if (free <= 0 || freeOfTenant <= 0 || endpoint.Held >= Math.Max(1, share))
        {
            return false;
        }

        if (endpoint.Evidence() is not { } down)
        {
            return true;
        }

        // When calls are short, those of which nothing is known go first.
        return Math.Min(free, freeOfTenant) > Scarce
            ? endpoint.Held < MostWhenDown
            : endpoint.Held == 0 && time.GetUtcNow() - down.LastAt >= ProbeInterval;
    }

    IEnumerable<Endpoint> OfTenant(Endpoint endpoint) =>
        _busy.Where(other => other.Key.Tenant == endpoint.Key.Tenant);

    /// <summary>Notes that a request goes out.</summary>
    internal LinkedListNode<long> RequestBegan(Endpoint endpoint)
    {
        lock (_gate)
        {
            return endpoint.RequestBegan();
        }
    }

    /// <summary>Notes what came of it; null when our own code failed.</summary>
    internal void RequestEnded(Endpoint endpoint, LinkedListNode<long> request, Exchange? exchange)
    {
        lock (_gate)
        {
            endpoint.RequestEnded(request, exchange);
            if (endpoint.IsToldDown && exchange is { Succeeded: true })
            {
                endpoint.IsToldDown = false;
                Log.Up(logger, endpoint.Key.SubscriptionId, endpoint.Key.Tenant);
            }
        }
    }

    /// <summary>Takes a slot back; what waits gets it, or learns that its endpoint is slow.</summary>
    internal void End(Endpoint endpoint)
    {
        lock (_gate)
        {
            endpoint.Held--;
            foreach (var other in _busy.Where(other => other.Waiting.Count > 0).ToList())
            {
                Answer(other);
                Forget(other);
            }

            Forget(endpoint);
        }
    }

    void Answer(Endpoint endpoint)
    {
        while (endpoint.Waiting.First is { Value: var waiter } && (endpoint.IsSlow || MayBegin(endpoint)))
        {
            endpoint.Waiting.RemoveFirst();
            var slot = endpoint.IsSlow ? null : Begin(endpoint);
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
    }
}
