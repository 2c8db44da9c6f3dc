namespace Atrium.Functions.Deliveries;

/// <summary>The calls of this instance that are in use, and what one endpoint may take of the others.</summary>
/// <remarks>
/// An endpoint is proven while its requests come back quickly, whatever their status. Each proven one may take half of
/// what the others leave. Those that are not proven share <see cref="EndpointBounds.MostUnproven"/> calls in the same
/// way, so that one gets eight of 128 calls, many get a few each, and the last still gets one (dynamic thresholds:
/// Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998). Those that are down have three eighths of
/// these at most, so that slow ones that work keep the others.
/// </remarks>
internal readonly struct CallsInUse
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

    const int SharesOfProven = 2;
    const int Shares = 8;
    const int SharesOfTenant = 4;

    readonly Endpoint _endpoint;
    readonly EndpointBounds _bounds;
    readonly int _waitingOfTenant;
    readonly int _down;
    readonly int _downOfTenant;

    /// <summary>Counts them.</summary>
    /// <param name="endpoint">The one that asks for a call.</param>
    /// <param name="busy">All endpoints that have a call or wait for one.</param>
    /// <param name="bounds">What each may have.</param>
    public CallsInUse(Endpoint endpoint, IReadOnlySet<Endpoint> busy, EndpointBounds bounds)
    {
        (_endpoint, _bounds) = (endpoint, bounds);
        foreach (var other in busy)
        {
            var sameTenant = other.Key.Tenant == endpoint.Key.Tenant;
            InAll += other.Calls;
            Waiting += other.Waiting.Count;
            OfTenant += sameTenant ? other.Calls : 0;
            _waitingOfTenant += sameTenant ? other.Waiting.Count : 0;
            if (!other.IsProven)
            {
                // An endpoint that was proven until now may have many more requests in progress. They end soon, and
                // take nothing from others.
                var held = other.IsDoubted ? other.Held : Math.Min(other.Held, bounds.MostUnprovenOfEndpoint);
                Unproven += held;
                UnprovenOfTenant += sameTenant ? held : 0;
                if (other.Evidence() is not null)
                {
                    _down += held;
                    _downOfTenant += sameTenant ? held : 0;
                }
            }
        }
    }

    /// <summary>Of all endpoints, attempts that wait for their turn included.</summary>
    public int InAll { get; }

    /// <summary>Of all attempts that wait for their turn.</summary>
    public int Waiting { get; }

    /// <summary>Of the tenant's endpoints, attempts that wait for their turn included.</summary>
    public int OfTenant { get; }

    /// <summary>Of all endpoints that are not proven.</summary>
    public int Unproven { get; }

    /// <summary>Of the tenant's endpoints that are not proven.</summary>
    public int UnprovenOfTenant { get; }

    /// <summary>
    /// How many are left to endpoints that are not proven: at most three for each two that are left to all, which is
    /// three fifths of what the proven ones leave. A few in any case: a new endpoint has to be asked, and a dead one
    /// too, or nobody learns that it works.
    /// </summary>
    public int LeftToUnproven => Math.Clamp(
        (_bounds.MostInAll - InAll) * 3 / 2, _bounds.MostUnprovenOfEndpoint, _bounds.MostUnproven) - Unproven;

    /// <summary>Whether the endpoint may take one more.</summary>
    public bool MayBegin()
    {
        if (_endpoint.IsProven)
        {
            var left = _bounds.MostInAll - InAll + _endpoint.Calls;
            return _endpoint.Held < Math.Min(_endpoint.Most, Math.Max(1, left / SharesOfProven))
                && OfTenant - _waitingOfTenant < _bounds.MostOfTenant;
        }

        var free = LeftToUnproven;
        var freeOfTenant = _bounds.MostUnprovenOfTenant - UnprovenOfTenant;
        if (free <= 0 || freeOfTenant <= 0)
        {
            return false;
        }

        if (_endpoint.Evidence() is null)
        {
            // One that is only doubted may take as much of these calls as it could of all.
            var share = _endpoint.IsQuick
                ? (free + _endpoint.Held) / SharesOfProven
                : Math.Min((free + _endpoint.Held) / Shares, (freeOfTenant + _endpoint.Held) / SharesOfTenant);
            return _endpoint.Held < Math.Min(_endpoint.Most, Math.Max(1, share));
        }

        // Those that are down have a part of their own, and take nothing from those that may work.
        var part = Math.Min(
            PartOfDown(free + Unproven) - _down,
            PartOfDown(_bounds.MostUnprovenOfTenant) - _downOfTenant);
        return part > _bounds.Scarce
            ? _endpoint.Held < MostWhenDown
            : part > 0 && _endpoint.Held == 0 && _endpoint.SinceFailure >= ProbeInterval;
    }

    // Three eighths. With half, a slow endpoint beside forty dead ones got too few; with a quarter, evidence about a
    // hundred dead ones grew too old.
    static int PartOfDown(int unproven) => Math.Max(1, unproven * 3 / 8);
}
