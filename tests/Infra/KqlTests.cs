using System.Text.RegularExpressions;

namespace Atrium.Infra.Tests;

public sealed partial class KqlTests(KqlAnalysis analysis) : IClassFixture<KqlAnalysis>
{
    [Fact]
    public void Each_query_is_right_by_Kustos_own_parser()
    {
        Assert.Contains("alert: lag", analysis.Deployed);
        Assert.Contains("workbook: Errors of our own", analysis.Deployed);
        Assert.Contains(analysis.Deployed, name => name.StartsWith("slo.md: ", StringComparison.Ordinal));

        var faults = analysis.Deployed.SelectMany(
            query => analysis.FaultsOf(query).Select(fault => $"{query}, {fault}")).ToArray();
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    [Theory]
    [InlineData("unknown column", "2:9 Error KS142: ", "'OuterMessage'")]
    [InlineData("unknown table", "1:1 Error KS204: ", "'AppTrace'")]
    [InlineData("unknown table in a union that bears it", "1:31 Warning KS205: ", "'AppTrace'")]
    [InlineData("wrong type", "2:19 Error KS106: ", "'startswith'")]
    [InlineData("wrong syntax", "2:20 Error KS006: ", "Missing expression")]
    public void What_is_wrong_with_a_query_is_told_with_its_place(string query, string place, string what)
    {
        var fault = analysis.FaultsOf(query)[0];

        Assert.StartsWith(place, fault, StringComparison.Ordinal);
        Assert.Contains(what, fault, StringComparison.Ordinal);
    }

    // There are a billion of them a month, and one operator has no memory for as many groups. Azure switches off a rule
    // whose query fails for a week.
    [Fact]
    public void What_is_grouped_by_delivery_or_event_is_narrowed_down_before()
    {
        var grouping = analysis.Deployed.Select(analysis.TextOf)
            .SelectMany(query => ByEach().Matches(query).Select(match => query[..match.Index])).ToList();

        // In the alert and in the workbook.
        Assert.Equal(2, grouping.Count);
        Assert.All(grouping, before => Assert.Contains("| join kind=leftsemi (", before, StringComparison.Ordinal));
    }

    [GeneratedRegex("\\| summarize [^|]*\\bby\\b[^|;]*\\b(Delivery|Event|Message)Id\\b")]
    private static partial Regex ByEach();
}
