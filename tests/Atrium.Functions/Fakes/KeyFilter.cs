using System.Text.RegularExpressions;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>The filters that the app uses: keys compared with texts, joined by <c>and</c>.</summary>
sealed partial class KeyFilter
{
    readonly List<Func<string, string, bool>> _terms = [];

    public static KeyFilter Parse(string text)
    {
        var filter = new KeyFilter();
        foreach (var term in text.Split(" and "))
        {
            var match = Term().Match(term);
            Assert.True(match.Success, $"The fake does not know the filter {term}");
            var (ofRow, operation, value) = (match.Groups[1].Value == "RowKey", match.Groups[2].Value, match.Groups[3].Value.Replace("''", "'", StringComparison.Ordinal));
            filter._terms.Add((partition, row) => Holds(string.CompareOrdinal(ofRow ? row : partition, value), operation));
        }

        return filter;
    }

    public bool Takes(string partition, string row) => _terms.All(term => term(partition, row));

    static bool Holds(int order, string operation) => operation switch
    {
        "eq" => order == 0,
        "ge" => order >= 0,
        "gt" => order > 0,
        _ => order < 0,
    };

    [GeneratedRegex("^(PartitionKey|RowKey) (eq|ge|gt|lt) '((?:[^']|'')*)'$")]
    private static partial Regex Term();
}
