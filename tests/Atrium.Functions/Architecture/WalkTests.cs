using System.Globalization;
using System.Text.RegularExpressions;

namespace Atrium.Functions.Tests.Architecture;

/// <summary>The orders in which ARCHITECTURE.md says that the code is read.</summary>
public sealed partial class WalkTests
{
    const int Most = 60;

    [Theory]
    [InlineData("**An event**")]
    [InlineData("**An admin's URL**")]
    public void A_walk_names_files_that_there_are_each_once_and_says_how_many(string title)
    {
        var document = File.ReadAllText(Path.Combine(SourceFormTests.Root, "ARCHITECTURE.md"));
        var walk = document[document.IndexOf(title, StringComparison.Ordinal)..];
        var files = Rows().Matches(walk).TakeWhile(row => row.Index < TableEnd(walk))
            .Select(row => row.Groups["file"].Value)
            .ToList();

        Assert.Equal(int.Parse(Count().Match(walk).Value, CultureInfo.InvariantCulture), files.Count);
        Assert.InRange(files.Count, 1, Most - 1);
        Assert.Equal(files.Distinct(), files);
        var app = Path.Combine(SourceFormTests.Root, "src", "Atrium.Functions");
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(app, file)), file));
    }

    static int TableEnd(string walk) =>
        walk.IndexOf("\n\n", walk.IndexOf("|---|", StringComparison.Ordinal), StringComparison.Ordinal);

    [GeneratedRegex(@"^\| `(?<file>[^`]+\.cs)` \|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"\d+(?= files)")]
    private static partial Regex Count();
}
