using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host.Settings;

/// <summary>
/// A section of logging whose levels and categories are known to be ones: the logging library throws at others.
/// </summary>
internal static class CheckedLevels
{
    const string Levels = "LogLevel";
    const char Wildcard = '*';

    /// <param name="section">For all of the log under <c>LogLevel</c>, and for a kind of log under its name.</param>
    /// <param name="nameOf">How a value's name is written, by its path within the section.</param>
    /// <returns>The section as it is.</returns>
    /// <exception cref="HostStartException">A level is none, or a category.</exception>
    public static IConfiguration Of(IConfiguration section, Func<string, string> nameOf)
    {
        foreach (var (path, level) in section.AsEnumerable(makePathsRelative: true))
        {
            if (!IsLevel(path) || string.IsNullOrEmpty(level))
            {
                continue;
            }

            if (!Enum.TryParse<LogLevel>(level, true, out _))
            {
                throw new HostStartException(
                    $"{nameOf(path)} must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}, "
                    + $"but is '{level}'. Correct it and start again.");
            }

            if (path.Count(letter => letter == Wildcard) > 1)
            {
                throw new HostStartException(
                    $"{nameOf(path)} names a category with several asterisks, and may have one. "
                    + "Correct it and start again.");
            }
        }

        return section;
    }

    /// <summary>Whether a path leads to where levels stand by their categories, and not to one of them.</summary>
    public static bool IsSection(string path) => path.Split(ConfigurationPath.KeyDelimiter) switch
    {
        [var only] => Is(only),
        [var kind, var levels] => !Is(kind) && Is(levels),
        _ => false,
    };

    // The last part is the category.
    static bool IsLevel(string path) =>
        path.Split(ConfigurationPath.KeyDelimiter) is [var first, var second, .. var more]
        && (Is(first) || (Is(second) && more.Length > 0));

    static bool Is(string part) => part.Equals(Levels, StringComparison.OrdinalIgnoreCase);
}
