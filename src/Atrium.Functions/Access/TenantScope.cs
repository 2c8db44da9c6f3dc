namespace Atrium.Functions.Access;

/// <summary>Where a function's request says whose data it is about. What stands in no list is about the tenant in its path, or refused.</summary>
internal static class TenantScope
{
    /// <summary>The value of a route that names the tenant.</summary>
    public const string RouteValue = "tenant";

    /// <summary>Functions that tell of the product and nothing of any tenant.</summary>
    public static readonly IReadOnlyList<string> OfNone = ["GetHealth", "GetLimits", "GetOpenApi"];

    /// <summary>Functions whose tenant is a query parameter.</summary>
    public static readonly IReadOnlyList<string> OfQuery = ["Explain", "Ingest"];
}
