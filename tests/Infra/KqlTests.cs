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

    // Azure makes a table with its first row. An app that is well may never have an exception, and Azure switches off a
    // rule whose query fails for a week. What begins with _ is in every workspace.
    [Fact]
    public void A_rule_that_reads_two_tables_goes_on_when_one_of_them_has_never_had_a_row()
    {
        var several = analysis.Deployed
            .Where(query => !query.Contains(".md: ", StringComparison.Ordinal)
                || analysis.TextOf(query).StartsWith("union ", StringComparison.Ordinal))
            .Select(query => (Query: query, Without: analysis.WithoutATableOf(query)
                .Where(table => !table.Key.StartsWith('_')).ToDictionary()))
            .Where(query => query.Without.Count > 1).ToList();

        Assert.Superset(
            new HashSet<string>
            {
                "alert: own-errors", "alert: no-telemetry", "alert: ingest-fast-burn", "workbook: Errors of our own",
            },
            several.Select(query => query.Query).ToHashSet());
        var failing = several.SelectMany(query => query.Without.SelectMany(table => table.Value.Select(
            error => $"{query.Query} without {table.Key}, {error}"))).ToList();
        Assert.True(failing.Count == 0, string.Join('\n', failing));
    }

    // Azure has a default of its own for them:
    // https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
    [Fact]
    public async Task Who_is_told_how_long_logs_are_kept_learns_of_Azures_own_90_days_and_how_to_shorten_them()
    {
        var read = analysis.Deployed.SelectMany(query => analysis.WithoutATableOf(query).Keys).Distinct()
            .Where(table => table.StartsWith("App", StringComparison.Ordinal)).ToList();
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md"));
        var shortened = Shortened().Match(page).Groups[1].Value.Split(' ');
        var days = LogDays().Match(await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, "types.bicep")));

        Assert.Contains("AppTraces", read);
        Assert.Empty(read.Except(shortened));
        Assert.Contains("90", days.Groups[1].Value, StringComparison.Ordinal);
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

    // The loop over tables.
    [GeneratedRegex("for TABLE in ([A-Za-z ]+); do\n *az monitor log-analytics workspace table update ")]
    private static partial Regex Shortened();

    [GeneratedRegex("@description\\('([^\n]*)'\\)(?:\n *@\\w+\\(.*\\))*\n *logDays: int")]
    private static partial Regex LogDays();

    [GeneratedRegex("\\| summarize [^|]*\\bby\\b[^|;]*\\b(Delivery|Event|Message)Id\\b")]
    private static partial Regex ByEach();
}
