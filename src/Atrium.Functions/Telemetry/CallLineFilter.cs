namespace Atrium.Functions.Telemetry;

/// <summary>
/// Keeps libraries from telling of every call, which costs several lines each and says less than the app's own.
/// </summary>
internal static class CallLineFilter
{
    // Whose lines below a level have the query of a request, and so the function keys that are given there; or a key of
    // the portal's that cannot be read.
    static readonly (string Category, LogLevel Least)[] Secretive =
    [
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning),
        ("Microsoft.AspNetCore.DataProtection", LogLevel.Information),
    ];

    // What ASP.NET Core says of incoming requests, and what the factory's clients say. The gRPC client that settles
    // messages comes from the factory, and would log four lines a message. The client for customers does not.
    static readonly string[] Libraries = ["Microsoft.AspNetCore", "System.Net.Http.HttpClient"];

    /// <summary>
    /// From each library only warnings and errors are let through, unless the settings name it. No setting lets out a
    /// line that has a secret.
    /// </summary>
    public static IServiceCollection AddCallLineFilter(this IServiceCollection services) =>
        services.PostConfigure<LoggerFilterOptions>(filters =>
    {
        var named = filters.Rules.Select(rule => rule.CategoryName);
        foreach (var library in Libraries.Except(named, StringComparer.OrdinalIgnoreCase).ToList())
        {
            filters.AddFilter(library, LogLevel.Warning);
        }

        // What no other rule is about.
        filters.Rules.Insert(0, new LoggerFilterRule(null, null, filters.MinLevel, null));
        for (var i = 0; i < filters.Rules.Count; i++)
        {
            filters.Rules[i] = WithoutSecrets(filters.Rules[i]);
        }
    });

    // In each rule, since any may be the one that counts: that depends on its provider and the length of its category.
    static LoggerFilterRule WithoutSecrets(LoggerFilterRule rule) => new(
        rule.ProviderName, rule.CategoryName, rule.LogLevel,
        (provider, category, level) =>
            level >= LeastOf(category) && rule.Filter?.Invoke(provider, category, level) is not false);

    static LogLevel LeastOf(string? category) =>
        Array.Find(Secretive, one => category?.StartsWith(one.Category, StringComparison.OrdinalIgnoreCase) == true)
            .Least;
}
