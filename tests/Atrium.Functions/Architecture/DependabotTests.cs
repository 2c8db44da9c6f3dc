using System.Text.RegularExpressions;

namespace Atrium.Functions.Tests.Architecture;

public sealed partial class DependabotTests
{
    [Fact]
    public async Task Each_folder_with_packages_of_npm_is_looked_after()
    {
        var configuration = await File.ReadAllTextAsync(
            Path.Combine(SourceFormTests.Root, ".github", "dependabot.yml"));
        var watched = Directories().Match(configuration).Groups["directory"].Captures.Select(found => found.Value);
        var folders = (await SourceFormTests.FilesAsync())
            .Where(file => Path.GetFileName(file) == "package-lock.json")
            .Select(file => $"/{Path.GetRelativePath(SourceFormTests.Root, Path.GetDirectoryName(file)!)}");

        Assert.Equal(
            folders.Select(folder => folder.Replace('\\', '/')).Order(StringComparer.Ordinal),
            watched.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"package-ecosystem: npm\n +directories:\n( +- (?<directory>\S+)\n)+")]
    private static partial Regex Directories();
}
