using System.Text.RegularExpressions;

namespace Atrium.Local.ApiSurface.Tests.Reading;

/// <summary>The line above a type's members, taken apart.</summary>
internal sealed partial record TypeHeader(string Name, string Kind, string Bases, string Usage)
{
    private const string Untold = "?";

    public static TypeHeader? TryParse(string line) => Pattern().Match(line) is { Success: true } match
        ? new(match.Groups["name"].Value, match.Groups["kind"].Value, match.Groups["bases"].Value, match.Groups["usage"].Value)
        : null;

    /// <summary>Whether a type with the other header can stand in for this one; what this one does not tell is not compared.</summary>
    public bool Admits(TypeHeader other) =>
        Name == other.Name
        && (Kind == other.Kind || Kind == other.Kind.Split(',')[0] + ", " + Untold)
        && (Bases == other.Bases || Bases == Untold)
        && (Usage == other.Usage || Usage.Length == 0);

    public override string ToString() => $"{Name} : {Kind}{(Bases.Length > 0 ? " : " + Bases : "")}{(Usage.Length > 0 ? " " + Usage : "")}";

    [GeneratedRegex(
        @"^(?<name>[A-Z][\w.]*(<[\w, ]+>)?)"
        + @" : (?<kind>class, (unsealed|sealed|abstract|static|\?)|struct|readonly struct|interface|enum|delegate|not transcribed)"
        + @"( : (?<bases>[^\[]+?))?( (?<usage>\[AttributeUsage\([\w|, =]+\)\]))?$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
