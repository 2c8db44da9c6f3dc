namespace Atrium.Local.ApiSurface.Tests.Comparing;

/// <summary>Finds the listed lines a reader wants to see beside one that is not listed.</summary>
internal static class NearestLines
{
    /// <summary>More would hide the one that was meant; a member has rarely more overloads.</summary>
    private const int Most = 3;

    /// <summary>Those that share most words with the line; none when no line has the member's name or half of its words.</summary>
    public static IReadOnlyList<string> To(string line, IEnumerable<string> candidates)
    {
        var words = Words(line);
        var name = Name(line);
        return
        [
            .. candidates
                .Select(candidate => (Line: candidate, SameName: Name(candidate) == name, Likeness: Likeness(words, Words(candidate))))
                .Where(candidate => candidate.SameName || candidate.Likeness > 0.5)
                .OrderByDescending(candidate => candidate.SameName)
                .ThenByDescending(candidate => candidate.Likeness)
                .Take(Most)
                .Select(candidate => candidate.Line),
        ];
    }

    private static double Likeness(HashSet<string> left, HashSet<string> right) => (double)left.Intersect(right).Count() / left.Union(right).Count();

    private static HashSet<string> Words(string line) =>
        [.. line.Split([' ', '(', ')', '<', '>', ',', '[', ']'], StringSplitOptions.RemoveEmptyEntries)];

    private static string Name(string line) => line.Split('(', ' ', '<')[0];
}
