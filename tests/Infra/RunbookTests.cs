using System.Text.RegularExpressions;
using Atrium.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace Atrium.Infra.Tests;

/// <summary>
/// The table of the section own-errors has each line that its alert can be about.
/// </summary>
public sealed partial class RunbookTests
{
    // Lines of the worker's and of the host's own code, which the app's does not declare.
    static readonly string[] Others =
    [
        "Function '{functionName}', Invocation id '{invocationId}': An exception was thrown",
        "Executed '{functionName}' ({status}",
    ];

    static readonly LogLine[] Told =
        [.. LogLine.Declared.Where(
            line => line.Level >= LogLevel.Error && !line.Text.Contains(PassedOver(), StringComparison.Ordinal))];

    static readonly string[] Rows =
        [.. Row().Matches(Section("own-errors")).SelectMany(row => Quoted().Matches(row.Value))
        .Select(quoted => quoted.Groups[1].Value)];

    public static TheoryData<string> Errors() => [.. Told.Select(line => line.Text)];

    [Theory]
    [MemberData(nameof(Errors))]
    public void For_each_error_the_runbook_says_what_to_do(string error) =>
        Assert.Contains(Rows, row => IsAbout(row, error));

    [Fact]
    public void No_row_is_about_a_line_that_there_is_not() =>
        Assert.All(
            Rows.Where(row => !Others.Contains(row)), row => Assert.Contains(Told, line => IsAbout(row, line.Text)));

    [Fact]
    public void Each_span_that_a_query_asks_for_is_one_that_the_app_has()
    {
        string[] files =
        [
            Path.Combine(AppContext.BaseDirectory, "docs", "runbook.md"),
            Path.Combine(AppContext.BaseDirectory, "docs", "slo.md"),
            .. Directory.GetFiles(Bicep.Folder, "*.kql", SearchOption.AllDirectories),
            .. Directory.GetFiles(Bicep.Folder, "*.bicep", SearchOption.AllDirectories),
        ];
        var asked = files.SelectMany(file => SpansAskedFor().Matches(File.ReadAllText(file)))
            .SelectMany(match => Literal().Matches(match.Value)).Select(match => match.Groups[1].Value).ToList();
        var spans = typeof(SpanName).GetFields().Select(field => field.GetRawConstantValue());

        Assert.NotEmpty(asked);
        Assert.Empty(asked.Except(spans));
    }

    [Fact]
    public void Of_each_piece_of_a_timers_work_the_runbook_says_what_its_failure_means()
    {
        var section = Section("own-errors");
        // The spans of queues and of HTTP are not written like functions.
        var work = typeof(SpanName).GetFields().Select(field => (string)field.GetRawConstantValue()!)
            .Where(name => char.IsUpper(name[0])).ToList();

        Assert.NotEmpty(work);
        Assert.All(work, name => Assert.Contains($"`{name}`", section, StringComparison.Ordinal));
    }

    // Where GitHub deploys, nobody has azd's environment, and a deployment from a desk without it undoes production.
    [Fact]
    public void Whoever_follows_the_runbook_needs_no_environment_of_azd()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "runbook.md"));
        Assert.DoesNotContain("azd env", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?m)^ *azd ", page);
    }

    // In a row, … stands for what differs from line to line.
    static bool IsAbout(string row, string line) =>
        Regex.IsMatch(line, Regex.Escape(row).Replace("…", ".+", StringComparison.Ordinal));

    static string PassedOver() =>
        Not().Match(File.ReadAllText(Path.Combine(Bicep.Folder, "queries", "own-errors.kql"))).Groups[1].Value;

    static string Section(string title) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "runbook.md")).Split("\n## ")
        .Single(section => section.StartsWith($"{title}\n", StringComparison.Ordinal));

    [GeneratedRegex("^\\| (`[^|]+`) \\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("(?<![.\\w])Name (==|in) *[^|\n]+")]
    private static partial Regex SpansAskedFor();

    [GeneratedRegex("[\"']([^\"']+)[\"']")]
    private static partial Regex Literal();

    [GeneratedRegex("not\\(Line contains \"([^\"]+)\"\\)")]
    private static partial Regex Not();
}
