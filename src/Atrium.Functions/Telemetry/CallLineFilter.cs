namespace Atrium.Functions.Telemetry;

/// <summary>
/// Keeps libraries from telling of every call, which costs several lines each and says less than the app's own.
/// </summary>
internal static class CallLineFilter
{
    // Its lines have the request's query, and so the function keys that are given there: no setting may turn them on.
    const string RequestLines = "Microsoft.AspNetCore.Hosting.Diagnostics";

    // What ASP.NET Core says of incoming requests, and what the factory's clients say. The gRPC client that settles
    // messages comes from the factory, and would log four lines a message. The client for customers does not.
    static readonly string[] Libraries = ["Microsoft.AspNetCore", "System.Net.Http.HttpClient"];

    /// <summary>From each library only warnings and errors are let through, unless the settings name it.</summary>
    public static IServiceCollection AddCallLineFilter(this IServiceCollection services) =>
        services.PostConfigure<LoggerFilterOptions>(filters =>
    {
        var named = filters.Rules.Select(rule => rule.CategoryName);
        foreach (var library in Libraries.Except(named, StringComparer.OrdinalIgnoreCase).ToList())
        {
            filters.AddFilter(library, LogLevel.Warning);
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
