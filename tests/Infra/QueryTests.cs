using System.Text.RegularExpressions;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Microsoft.Extensions.Logging;

namespace Atrium.Infra.Tests;

/// <summary>
/// The queries read log lines, which are declared in the code: what is renamed there must be renamed here.
/// </summary>
public sealed partial class QueryTests
{
    // What the exporter adds to a line with an exception: its template.
    const string Template = "OriginalFormat";

    public static TheoryData<string> Queries() =>
        [.. Directory.GetFiles(Path.Combine(Bicep.Folder, "queries"), "*.kql").Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Each_line_that_a_query_looks_for_is_declared(string query) =>
        Assert.All(LookedFor(await TextAsync(query)), text => Assert.NotEmpty(LogLine.With(text)));

    // A gauge of a timer leaves only if the timer's instance lives until the next export, which one on Flex Consumption
    // need not.
    [Theory]
    [MemberData(nameof(Queries))]
    public async Task No_query_reads_metrics(string query) =>
        Assert.DoesNotContain("AppMetrics", await TextAsync(query), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Each_property_that_a_query_reads_is_in_a_line_that_it_looks_for(string query)
    {
        var text = await TextAsync(query);
        var known = LookedFor(text).SelectMany(LogLine.With).SelectMany(line => Placeholder().Matches(line.Text))
            .Select(match => match.Groups[1].Value).ToHashSet();

        Assert.All(
            Property().Matches(text).Select(property => property.Groups[1].Value).Except([Template]),
            property => Assert.Contains(property, known));
    }

    // Which is in AppExceptions, with a template in place of its text: the app's tests of its export show it.
    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_line_with_an_exception_is_looked_for_where_it_goes(string query)
    {
        var text = await TextAsync(query);
        var lines = text.Contains("SeverityLevel >= 3", StringComparison.Ordinal)
            ? LogLine.Declared.Where(line => line.Level >= LogLevel.Error)
            : LookedFor(text).SelectMany(LogLine.With);
        var some = lines.Any(line => line.HasException);

        Assert.Equal(
            some, text.Contains("union isfuzzy=true AppTraces, AppExceptions\n", StringComparison.Ordinal));
        Assert.Equal(
            some, text.Contains(
            $"Line = coalesce(tostring(Properties.{Template}), Message)", StringComparison.Ordinal));
        Assert.All(Sought().Matches(text), sought => Assert.Equal(some ? "Line" : "Message", sought.Groups[1].Value));
    }

    // Each line costs. Azure keeps the platform's metrics by itself, and the alerts ask for them there.
    [Theory]
    [InlineData("main.dev")]
    [InlineData("main.prod")]
    [InlineData("everything")]
    public async Task What_is_exported_to_the_workspace_is_read_by_a_query_or_a_page(string file)
    {
        var exported = (await Snapshot.OfAsync(file)).OfType("Microsoft.Insights/diagnosticSettings")
            .Select(settings => settings.GetProperty("properties")).ToList();
        var readers = string.Concat(Directory
            .GetFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "*.md")
            .Concat(Directory.GetFiles(Path.Combine(Bicep.Folder, "queries"))).Select(File.ReadAllText));

        Assert.All(exported, properties => Assert.False(properties.TryGetProperty("metrics", out _)));
        Assert.All(exported, properties =>
        {
            var categories = properties.GetProperty("logs").EnumerateArray()
                .Select(log => log.GetProperty("category").GetString()!).ToList();
            Assert.NotEmpty(categories);
            Assert.All(categories, category => Assert.Contains($"`{category}`", readers, StringComparison.Ordinal));
        });
    }

    // Whoever looks for it would find nothing, and take that for good news.
    [Fact]
    public async Task Each_category_that_a_page_names_is_one_that_some_stage_exports()
    {
        var exported = new HashSet<string>();
        foreach (var file in Snapshot.Files)
        {
            exported.UnionWith((await Snapshot.OfAsync(file)).OfType("Microsoft.Insights/diagnosticSettings")
                .SelectMany(settings => settings.GetProperty("properties").GetProperty("logs").EnumerateArray())
                .Select(log => log.GetProperty("category").GetString()!));
        }

        var named = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "*.md")
            .SelectMany(page => Category().Matches(File.ReadAllText(page)))
            .Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.Contains("DiagnosticErrorLogs", named);
        Assert.Empty(named.Except(exported));
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Each_outcome_and_error_class_in_a_query_is_one_of_the_codes(string query)
    {
        var text = await TextAsync(query);

        Assert.All(Compared(text, "Outcome"), value => Assert.True(Enum.TryParse<AttemptOutcome>(value, out _), value));
        Assert.All(
            Compared(text, "ErrorClass"),
            value => Assert.Contains(value, Enum.GetValues<ErrorClass>().Select(error => error.Name())));
    }

    [Fact]
    public async Task A_failed_attempt_of_any_class_is_somebodys_fault()
    {
        var judged = Compared(await TextAsync("failing-subscriptions.kql"), "ErrorClass").ToArray();

        // An answer is judged by its status; a broken body is a success.
        Assert.Equal(
            Enum.GetValues<ErrorClass>().Except([ErrorClass.Http, ErrorClass.Body]).Select(error => error.Name())
            .Order(), judged.Order());
    }

    [Theory]
    [InlineData("Delivery attempted")]
    [InlineData("Delivered: ")]
    public void Attempts_are_logged_with_all_that_the_queries_build_on(string text)
    {
        var line = Assert.Single(LogLine.With(text)).Text;
        Assert.All(
            ["Tenant", "SubscriptionId", "DeliveryId", "Attempt", "Status", "LagMs", "DurationMs", "PutBack"],
            property => Assert.Contains($"{{{property}", line, StringComparison.Ordinal));
    }

    // A receiver that is slow for its load would use up our budget, and wake somebody. The line of a success that had
    // its slot at once does not have the property.
    [Fact]
    public async Task First_attempts_that_their_endpoint_put_back_are_left_out_of_the_budget_and_of_its_level()
    {
        const string read = "Refusals = coalesce(toint(Properties.Refusals), 0)";
        const string leftOut = "Attempt == 1 and Refusals == 0\n";
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "slo.md"));

        Assert.Contains("{Refusals}", Assert.Single(LogLine.With("Delivery attempted")).Text, StringComparison.Ordinal);
        Assert.Contains(read, await TextAsync("attempts.kql"), StringComparison.Ordinal);
        Assert.Contains(leftOut, await TextAsync("slo-burn.kql"), StringComparison.Ordinal);
        Assert.Contains(read, page, StringComparison.Ordinal);
        Assert.Contains(leftOut, page, StringComparison.Ordinal);
    }

    // What the app dead-letters itself has a line of its own, and would be counted twice.
    [Fact]
    public async Task What_is_counted_as_it_is_indexed_is_what_the_app_did_not_dead_letter_itself() => Assert.Equal(
        KnownReasons.OfOthers.Order(), Compared(await TextAsync("dead-lettered.kql"), "Reason").Order());

    [Fact]
    public void Queues_are_measured_with_one_line_that_the_queries_build_on() =>
        Assert.Single(LogLine.With("Queue measured"));

    static IEnumerable<string> LookedFor(string query) =>
        Sought().Matches(query).Select(match => match.Groups[2].Value).Distinct();

    static IEnumerable<string> Compared(string query, string column) => Regex
        .Matches(query, $"{column} (?:== (\"\\w+\")|in \\(([^)]+)\\))")
        .SelectMany(match => Literal().Matches(match.Groups[1].Value + match.Groups[2].Value))
        .Select(match => match.Groups[1].Value)
        .Distinct();

    static Task<string> TextAsync(string query) => File.ReadAllTextAsync(Path.Combine(Bicep.Folder, "queries", query));

    [GeneratedRegex("(Message|Line) (?:startswith|contains) \"([^\"]+)\"")]
    private static partial Regex Sought();

    [GeneratedRegex("[`\"](\\w+Logs)[`\"]")]
    private static partial Regex Category();

    [GeneratedRegex("Properties\\.(\\w+)")]
    private static partial Regex Property();

    [GeneratedRegex("\\{(\\w+)")]
    private static partial Regex Placeholder();

    [GeneratedRegex("\"(\\w+)\"")]
    private static partial Regex Literal();
}
