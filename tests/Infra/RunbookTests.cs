using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Atrium.Infra.Tests;

/// <summary>
/// The table of the section own-errors has each line that its alert can be about.
/// </summary>
public sealed partial class RunbookTests
{
    // A line of the host, which the code does not declare.
    const string Hosts = "Executed '{functionName}' ({status}";

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
        Assert.All(Rows.Where(row => row != Hosts), row => Assert.Contains(Told, line => IsAbout(row, line.Text)));

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

    [GeneratedRegex("not\\(Line contains \"([^\"]+)\"\\)")]
    private static partial Regex Not();
}
