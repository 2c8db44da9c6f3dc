namespace Atrium.Functions.Telemetry;

/// <summary>Keeps ASP.NET Core from telling of every request, which costs several lines a call and says less than the app's own.</summary>
internal static class RequestLineFilter
{
    const string AspNetCore = "Microsoft.AspNetCore";

    // Its lines have the request's query, and so the function keys that are given there: no setting may turn them on.
    const string RequestLines = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public static IServiceCollection AddRequestLineFilter(this IServiceCollection services) => services.Configure<LoggerFilterOptions>(filters =>
    {
        if (!filters.Rules.Any(rule => rule.CategoryName == AspNetCore))
        {
            filters.AddFilter(AspNetCore, LogLevel.Warning);
        }

        filters.AddFilter(RequestLines, LogLevel.Warning);
    });
}
