using System.Globalization;

namespace Atrium.EndToEnd;

/// <summary>How often a process is killed: a few times in the suite, and as often as a trial asks for.</summary>
internal static class KillTrials
{
    /// <summary>A number of kills; for trials by hand.</summary>
    const string Variable = "ATRIUM_KILLS";

    public static int Count(int inTheSuite) =>
        int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var kills) ? kills : inTheSuite;
}
