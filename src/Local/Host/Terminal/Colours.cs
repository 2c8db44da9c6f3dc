namespace Atrium.Local.Host.Terminal;

/// <summary>The colours of a terminal, where they are wanted.</summary>
internal static class Colours
{
    public const int Red = 31;
    public const int Green = 32;
    public const int Yellow = 33;

    /// <summary>Whether this process may print colours.</summary>
    public static bool Wanted { get; } = AreWanted(Console.IsOutputRedirected, Environment.GetEnvironmentVariable);

    /// <param name="redirected">Whether the output goes to a file or another program.</param>
    /// <param name="variable">The environment: NO_COLOR (https://no-color.org), and the terminal's kind.</param>
    public static bool AreWanted(bool redirected, Func<string, string?> variable) =>
        !redirected && string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") != "dumb";

    /// <summary>The text in a colour (ECMA-48, 8.3.117), or as it is.</summary>
    public static string In(int colour, string text, bool wanted) => wanted ? $"\e[{colour}m{text}\e[0m" : text;
}
