using Atrium.Local.Host.Settings;
using Atrium.Local.Host.Terminal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Atrium.Local.Host;

/// <summary>
/// The log as a person at a console wants it: one line an event, the frameworks' own only when something is wrong.
/// </summary>
internal static class HostLogging
{
    /// <summary>What a line begins with.</summary>
    public const string Time = "HH:mm:ss.fff ";

    const string Section = "Logging";

    /// <param name="hostJson">host.json's <c>logging</c>.</param>
    /// <param name="settings">The app's settings, whose section <c>Logging</c> has the last word.</param>
    /// <param name="quiet">Whether nothing but what is wrong is shown.</param>
    /// <exception cref="HostStartException">A level in the settings is none, or for nothing.</exception>
    public static ILoggerFactory Create(IConfiguration hostJson, IConfiguration settings, bool quiet)
    {
        RefuseLevelOfNothing(settings.GetSection(Section));
        return LoggerFactory.Create(logging => logging
            .SetMinimumLevel(quiet ? LogLevel.Warning : LogLevel.Information)
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = Time;
                console.ColorBehavior = Colours.Wanted ? LoggerColorBehavior.Enabled : LoggerColorBehavior.Disabled;
            })
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Grpc", LogLevel.Warning)
            .AddFilter("Yarp", LogLevel.Warning)
            // Lines for alerts and operators: some each minute, and some about an index that is empty at first.
            .AddFilter("Atrium.Functions.Operations.QueueAges", LogLevel.Warning)
            .AddFilter("Atrium.Functions.DeadLetters.IndexRebuild", LogLevel.Warning)
            // The emulators' own.
            .AddFilter("Atrium.Local.Emulators", LogLevel.Warning)
            // The worker's HTTP part brings it along; the app protects nothing with it.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // A failure to start is thrown as well, and shown once.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
            .AddConfiguration(hostJson)
            .AddConfiguration(CheckedLevels.Of(
                settings.GetSection(Section), path => $"The setting {NameOf(path)}"))
            // This would log every request's query, and so the keys that are given there, whatever the settings say.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning)
            // What it fails at, RequestForwarding says in one line.
            .AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.None));
    }

    // The logging library passes over it without a word.
    static void RefuseLevelOfNothing(IConfiguration section)
    {
        foreach (var (path, level) in section.AsEnumerable(makePathsRelative: true))
        {
            if (!string.IsNullOrEmpty(level) && CheckedLevels.IsSection(path))
            {
                throw new HostStartException(
                    $"The setting {NameOf(path)} says '{level}', but not for what. "
                    + $"Call it {NameOf(path)}__Default for all.");
            }
        }
    }

    static string NameOf(string path) => $"{Section}__{path.Replace(":", "__", StringComparison.Ordinal)}";
}
