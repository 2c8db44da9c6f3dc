using System.Text.RegularExpressions;

namespace Atrium.Local.Host.Terminal;

/// <summary>
/// The app's log line of an attempt, as a person reads it: short, the outcome first, nothing that is empty. The line
/// itself is made for queries.
/// </summary>
internal static partial class AttemptLine
{
    const int NameWidth = 22;

    /// <returns>Null when the message is not about an attempt.</returns>
    public static string? Of(string message, bool coloured)
    {
        var attempt = Succeeded().Match(message) is { Success: true } succeeded ? succeeded : Logged().Match(message);
        if (!attempt.Success)
        {
            return null;
        }

        var (mark, colour, word) = Part("outcome") switch
        {
            "" or "Delivered" => ('✓', Colours.Green, "delivered"),
            "Retrying" => ('↻', Colours.Yellow, "failed"),
            "DeadLettered" => ('✗', Colours.Red, "failed for good"),
            var other => ('–', Colours.Yellow, other),
        };
        string?[] parts =
        [
            Part("status") is { Length: > 0 } status ? status : Part("error"),
            Part("event").PadRight(NameWidth),
            $"attempt {Part("attempt")}" + (Part("most") is { Length: > 0 } most ? $" of {most}" : ""),
            Part("run") is not ("" or "1") and var run ? $"run {run}" : null,
            Part("took") is { Length: > 0 } took ? $"{took} ms" : null,
            Part("next") is { Length: > 0 } next ? $"next {next}" : null,
            Part("tenant"),
            Part("delivery"),
        ];
        return $"{Colours.In(colour, $"{mark} {word}", coloured)}  "
            + string.Join("  ", parts.Where(part => !string.IsNullOrEmpty(part)));

        string Part(string name) => attempt.Groups[name].Value;
    }

    // A success has a line of its own, with less in it.
    [GeneratedRegex(
        @"^Delivered: (?<event>\S+), status (?<status>\d*), attempt (?<attempt>\d+), took (?<took>\d*) ms, "
        + @"lag \d+ ms, put back \d+; (?<tenant>\S+) \S+ (?<delivery>\S+)$")]
    private static partial Regex Succeeded();

    [GeneratedRegex(
        @"^Delivery attempted: (?<outcome>\w+), attempt (?<attempt>\d+) of (?<most>\d+), run (?<run>\d+), "
        + @"status (?<status>\d*), error (?<error>\w*), took (?<took>\d*) ms, lag \d+ ms, put back \d+ times, "
        + @"no slot \d+ times, next at (?<next>[^;]*); tenant (?<tenant>\S+), subscription \S+, "
        + @"event \S+ \((?<event>\S+)\), delivery (?<delivery>\S+)$")]
    private static partial Regex Logged();
}
