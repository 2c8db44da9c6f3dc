namespace Atrium.Functions.Jobs;

/// <summary>Jobs that are nobody's but the app's own, such as retention.</summary>
internal static class JobTenant
{
    /// <summary>Stands for all tenants. No name of a tenant has such a character, so that no path leads there.</summary>
    public const string System = "@system";
}
