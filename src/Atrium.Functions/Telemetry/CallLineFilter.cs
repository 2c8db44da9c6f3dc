namespace Atrium.Functions.Telemetry;

/// <summary>Keeps ASP.NET Core from telling of every request, which costs several lines a call and says less than the app's own.</summary>
internal static class RequestLineFilter
{
    const string AspNetCore = "Microsoft.AspNetCore";

    // Its lines have the request's query, and so the function keys that are given there: no setting may turn them on.
    const string RequestLines = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public static IServiceCollection AddRequestLineFilter(this IServiceCollection services) => services.PostConfigure<LoggerFilterOptions>(filters =>
    {
        if (!filters.Rules.Any(rule => rule.CategoryName == AspNetCore))
        {
            filters.AddFilter(AspNetCore, LogLevel.Warning);
        }

        foreach (var rule in filters.Rules.Where(IsAsSpecific).ToList())
        {
            filters.Rules.Remove(rule);
        }

        // A rule for one provider goes before one for all, however little its category says.
        foreach (var provider in filters.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
        {
            filters.Rules.Add(new LoggerFilterRule(provider, RequestLines, LogLevel.Warning, null));
        }
    });

    // The longest category wins, and it can have a * in it.
    static bool IsAsSpecific(LoggerFilterRule rule) =>
        rule.CategoryName is { } category
        && category.Length >= RequestLines.Length
        && RequestLines.StartsWith(category.Split('*')[0], StringComparison.OrdinalIgnoreCase);
}
