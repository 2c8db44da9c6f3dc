using System.Globalization;

namespace Atrium.EndToEnd;

/// <summary>
/// How much of something a test does: a little in the suite, and as much as a trial by hand asks for.
/// </summary>
internal static class Trials
{
    /// <summary>
    /// The most requests that are made again after a kill: as many as the host has functions at work at a time.
    /// </summary>
    public const int MostUnderWay = 128;

    /// <summary>How often a process is killed; the variable is <c>ATRIUM_KILLS</c>.</summary>
    public static int Kills(int inTheSuite) => Of("ATRIUM_KILLS", inTheSuite);

    /// <summary>How many dead letters there are, an even number; the variable is <c>ATRIUM_LETTERS</c>.</summary>
    public static int Letters(int inTheSuite) => Of("ATRIUM_LETTERS", inTheSuite);

    static int Of(string variable, int inTheSuite) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var asked)
            ? asked
            : inTheSuite;
}
