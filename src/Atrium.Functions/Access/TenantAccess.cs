namespace Atrium.Functions.Access;

/// <summary>Decides whether a signed-in user may make a request. Pure.</summary>
internal static class TenantAccess
{
    /// <param name="function">The function that the request is for.</param>
    /// <param name="user">Who is signed in; null when the header cannot be read.</param>
    /// <param name="claimType">The claim that holds the tenant.</param>
    /// <param name="inRoute">The tenant in the path, as often as somebody reads it: the host and this app each match
    /// the route.</param>
    /// <param name="inQuery">The tenant in the query, as often as it is named.</param>
    public static AccessDecision Decide(
        string function, ClientPrincipal? user, string claimType, IReadOnlyCollection<string?> inRoute,
        IReadOnlyCollection<string?> inQuery)
    {
        if (TenantScope.ByOwnCheck.Contains(function))
        {
            return AccessDecision.Allowed;
        }

        if (user is null)
        {
            return AccessDecision.Unreadable;
        }

        if (TenantScope.OfNone.Contains(function))
        {
            return AccessDecision.Allowed;
        }

        if (user.TenantBy(claimType) is not { } own)
        {
            return AccessDecision.NoTenant;
        }

        // Ordinal: tenants that differ in case are two.
        var asked = TenantScope.OfQuery.Contains(function) ? inQuery : inRoute;
        return asked.Count > 0 && asked.All(tenant => tenant == own)
            ? AccessDecision.Allowed
            : AccessDecision.AnotherTenant;
    }
}

/// <summary>Whether a signed-in user may make a request, and if not, why.</summary>
internal enum AccessDecision
{
    Allowed,

    /// <summary>The header that says who is signed in cannot be read.</summary>
    Unreadable,

    /// <summary>The user has no claim that names one tenant.</summary>
    NoTenant,

    /// <summary>The request is about another tenant, or it is unclear about which.</summary>
    AnotherTenant,
}

/// <summary>
/// Where a function's request names its tenant. A function in no list takes the tenant from its path. Without one, as
/// those for operators, it refuses every signed-in user.
/// </summary>
internal static class TenantScope
{
    /// <summary>The value of a route that names the tenant.</summary>
    public const string RouteValue = "tenant";

    /// <summary>Functions that show nothing of any tenant.</summary>
    public static readonly IReadOnlyList<string> OfNone =
        ["GetConsole", "GetHealth", "GetLimits", "GetLive", "GetOpenApi", "ListEvents"];

    /// <summary>
    /// Functions that find out themselves who calls and for which tenant. Their requests do not name a tenant, so none
    /// can be forged.
    /// </summary>
    public static readonly IReadOnlyList<string> ByOwnCheck = ["LocalPortalSession", "Portal"];

    /// <summary>Functions whose tenant is a query parameter.</summary>
    public static readonly IReadOnlyList<string> OfQuery = ["Explain", "Ingest"];
}
