using System.Diagnostics;
using System.Reflection;

namespace Atrium.Functions.Tests.Architecture;

/// <summary>The form of what people read: lines that fit, and layout as <c>dotnet format</c> has it.</summary>
public sealed class SourceFormTests
{
    const int MaxColumns = 120;

    static readonly string[] Read =
        [".cs", ".md", ".bicep", ".kql", ".yml", ".yaml", ".csproj", ".props", ".targets", ".sh", ".ps1", ".mjs",
            ".js", ".ts", ".tsx", ".css"];

    // The other JSON files are for programs.
    const string Explained = "local.settings.sample.json";

    // What tools make or install.
    static readonly string[] Made = ["artifacts", "bin", "node_modules", "obj", "TestResults", "wwwroot"];

    internal static string Root => Path.GetFullPath(Path.Combine(
        Path.GetDirectoryName(
            typeof(SourceFormTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(data => data.Key == "AppProject").Value!)!,
        "../.."));

    [Fact]
    public void No_line_is_longer_than_120_columns()
    {
        var files = Files(Root).ToList();
        Assert.InRange(files.Count, 400, 10_000);
        Assert.Empty(
            from file in files
            from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
            where line.Text.Length > MaxColumns
            select $"{Path.GetRelativePath(Root, file)}:{line.Number}");
    }

    [Fact]
    public async Task Dotnet_format_would_change_nothing()
    {
        var start = new ProcessStartInfo(
            "dotnet", ["format", "whitespace", Root, "--folder", "--verify-no-changes", "--exclude", .. Made])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, string.Concat(said));
    }

    static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder)
            .Where(file => Path.GetFileName(file) == Explained
                || (Read.Contains(Path.GetExtension(file)) && !file.EndsWith(".d.ts", StringComparison.Ordinal)))
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(inner => Path.GetFileName(inner) is var name && !Made.Contains(name) && !IsHidden(name))
                .SelectMany(Files));

    // Of the folders that tools hide things in, only the workflows are ours.
    static bool IsHidden(string name) => name.StartsWith('.') && name != ".github";
}
