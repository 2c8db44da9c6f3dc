namespace Atrium.Functions.Access;

/// <summary>Decides whether a signed-in user may make a request. Pure.</summary>
internal static class TenantAccess
{
    /// <param name="function">The function that the request is for.</param>
    /// <param name="user">Who is signed in; null when the header cannot be read.</param>
    /// <param name="claimType">The claim that holds the tenant.</param>
    /// <param name="inRoute">The tenant in the path, as often as somebody reads it: the host and this app each match the route.</param>
    /// <param name="inQuery">The tenant in the query, as often as it is named.</param>
    public static AccessDecision Decide(
        string function, ClientPrincipal? user, string claimType, IReadOnlyCollection<string?> inRoute, IReadOnlyCollection<string?> inQuery)
    {
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
        return asked.Count > 0 && asked.All(tenant => tenant == own) ? AccessDecision.Allowed : AccessDecision.AnotherTenant;
    }
}
