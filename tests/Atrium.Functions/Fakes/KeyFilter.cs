using System.Globalization;
using System.Text.RegularExpressions;
using Atrium.Functions.Storage;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// The filters that the app uses: keys and properties compared with texts, times or whole numbers, joined by
/// <c>and</c>.
/// </summary>
sealed partial class KeyFilter
{
    readonly List<Func<TableEntity, bool>> _terms = [];

    public static KeyFilter Parse(string text)
    {
        var filter = new KeyFilter();
        foreach (var term in text.Split(" and "))
        {
            var match = Term().Match(term);
            Assert.True(match.Success, $"The fake does not know the filter {term}");
            var (name, operation, value) =
                (match.Groups[1].Value, match.Groups[2].Value,
                match.Groups[4].Value.Replace("''", "'", StringComparison.Ordinal));
            filter._terms.Add(match.Groups[5].Success
                ? row => row.Value<int>(name) is { } number
                    && Holds(
                        number.CompareTo(int.Parse(match.Groups[5].Value, CultureInfo.InvariantCulture)), operation)
                : match.Groups[3].Length == 0
                ? row => row.Text(name) is { } found && Holds(string.CompareOrdinal(found, value), operation)
                : row => row.Value<DateTimeOffset>(name) is { } found
                    && Holds(found.CompareTo(DateTimeOffset.Parse(value, CultureInfo.InvariantCulture)), operation));
        }

        return filter;
    }

    public bool Takes(string partition, string row) => Takes(new TableEntity(partition, row));

    /// <summary>A row without a property that is compared is not taken, as in the service.</summary>
    public bool Takes(TableEntity row) => _terms.All(term => term(row));

    static bool Holds(int order, string operation) => operation switch
    {
        "eq" => order == 0,
        "ne" => order != 0,
        "ge" => order >= 0,
        "gt" => order > 0,
        "le" => order <= 0,
        _ => order < 0,
    };

    [GeneratedRegex("^([A-Za-z]+) (eq|ne|ge|gt|le|lt) (?:(datetime)?'((?:[^']|'')*)'|([0-9]+))$")]
    private static partial Regex Term();
}
