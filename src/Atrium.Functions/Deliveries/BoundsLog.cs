namespace Atrium.Functions.Deliveries;

/// <summary>
/// Tells of bounds that keep attempts waiting, each at most once a minute, in the log of the gate. Only one thread may
/// use it at a time.
/// </summary>
/// <param name="bounds">The bounds.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log of <see cref="EndpointGate"/>: whoever looks for these lines finds them there.</param>
internal sealed partial class BoundsLog(EndpointBounds bounds, TimeProvider time, ILogger<EndpointGate> logger)
{
    // The time between two equal lines about one tenant.
    static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    // Two names that no tenant can have.
    const string AllEndpoints = "*";
    const string AllSlow = "*slow";

    // When a line last named a tenant, or all endpoints, or all slow ones.
    readonly Dictionary<string, long> _toldAt = [];

    /// <summary>Tells which bound is reached, as an attempt is refused for it.</summary>
    /// <param name="endpoint">Its endpoint.</param>
    /// <param name="use">The calls that are in use.</param>
    /// <param name="leavesTooFew">Whether the endpoint could take more, but others leave it none.</param>
    public void Refused(Endpoint endpoint, CallsInUse use, bool leavesTooFew)
    {
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
        else if ((leavesTooFew && !endpoint.IsProven || use.LeftToUnproven <= 0) && ShouldTell(AllSlow))
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

    // The gate has 1 and 2.
    static partial class Log
    {
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
