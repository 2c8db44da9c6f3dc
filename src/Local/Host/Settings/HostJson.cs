using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Settings;

/// <summary>What host.json says, each value with the real host's default.</summary>
/// <param name="RoutePrefix">What stands before every HTTP route; empty for nothing.</param>
/// <param name="FunctionTimeout">After what time a function's token is cancelled; infinite for never.</param>
/// <param name="ServiceBus">How Service Bus functions are fed.</param>
/// <param name="LogLevels">The <c>logging</c> section, in the form that the logging library reads.</param>
/// <param name="Unread">The names of what else it says, which has no effect here.</param>
internal sealed record HostJson(
    string RoutePrefix, TimeSpan FunctionTimeout, ServiceBusSettings ServiceBus, IConfiguration LogLevels,
    IReadOnlyList<string> Unread)
{
    public const string FileName = "host.json";

    /// <summary>
    /// The section of the app's settings that overrides the file:
    /// <c>AzureFunctionsJobHost__extensions__http__routePrefix</c>.
    /// </summary>
    public const string OverridesSection = "AzureFunctionsJobHost";

    const string RoutePrefixName = "extensions:http:routePrefix";
    const string Logging = "logging";
    const string Version = "2.0";
    static readonly TimeSpan s_consumptionPlanTimeout = TimeSpan.FromMinutes(5);
    static readonly TimeSpan s_longestTimeout = TimeSpan.FromDays(1);

    /// <exception cref="HostStartException">A value is of the wrong type or out of range.</exception>
    public static HostJson Read(HostJsonFile file, IConfiguration overrides)
    {
        var settings = file.With(overrides.GetSection(OverridesSection));
        var written = file.With(new ConfigurationBuilder().Build());
        if (written.Text("version", "") is "" && !file.IsEmpty)
        {
            throw new HostStartException(
                $"{file.Path}: version is missing, and the real host requires it. Write \"version\": \"{Version}\".");
        }

        if (settings.Text("version", Version) is var version and not Version)
        {
            throw new HostStartException(
                $"{file.Path}: version is '{version}', and this host knows only '{Version}'. "
                + $"Write \"version\": \"{Version}\".");
        }

        var prefix = settings.Text(RoutePrefixName, "api");
        if (written.Text(RoutePrefixName, "api") is var writtenPrefix && writtenPrefix != prefix)
        {
            throw new HostStartException(
                $"The routes' prefix is '{writtenPrefix}' in {file.Path} and '{prefix}' by the setting "
                + $"{OverridesSection}__{RoutePrefixName.Replace(":", "__", StringComparison.Ordinal)}. "
                + "The worker reads only the file, so that no route would be found. Write the prefix into the file.");
        }

        // How the real host exports what it measures of itself. This one measures nothing.
        settings.Skip("telemetryMode");
        // For editors.
        settings.Skip("$schema");
        return new(
            prefix.Trim('/'),
            settings.Duration(
                "functionTimeout", s_consumptionPlanTimeout, TimeSpan.FromSeconds(1), s_longestTimeout, infinite: "-1"),
            ServiceBusSettings.Read(settings),
            CheckedLevels.Of(
                settings.Section(Logging, "logLevel", "console:logLevel"),
                name => $"{file.Path}: {Logging}.{name.Replace(':', '.')}"),
            settings.Unread);
    }
}
