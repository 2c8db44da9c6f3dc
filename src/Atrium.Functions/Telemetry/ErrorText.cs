using System.Text.RegularExpressions;
using Azure;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// An exception in one line of a log: without its stack, and without the addresses that the clients' messages have in
/// them.
/// </summary>
internal static partial class ErrorText
{
    /// <summary>
    /// In characters. The clients' messages say what is wrong first, and go on with advice and headers.
    /// </summary>
    public const int MaxLength = 300;

    /// <returns>Its kind, the status and code of an answer, and the first line of what it says.</returns>
    public static string Of(Exception exception) => exception switch
    {
        // The tries of one call, which failed one after the other.
        AggregateException { InnerExceptions: [.., var last] } => Of(last),
        RequestFailedException { Status: > 0 } answer => Line($"{answer.Status} {answer.ErrorCode}: {answer.Message}"),
        MissingSecretException or ContendedRowException => Line(exception.Message),
        _ => Line($"{exception.GetType().Name}: {exception.Message}"),
    };

    /// <summary>The first line of a text, without its full stop, and cut off where it becomes long.</summary>
    public static string Line(string text)
    {
        var line = Address().Replace(text.Split('\n', 2)[0].TrimEnd('\r', ' ', '.'), "…");
        return line.Length <= MaxLength ? line : $"{line[..MaxLength]}…";
    }

    [GeneratedRegex(@"\b[a-z][a-z0-9+.-]*://\S+", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
