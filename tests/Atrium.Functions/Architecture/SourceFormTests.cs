using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Atrium.Functions.Tests.Architecture;

/// <summary>The form of what people read: lines that fit, and code as <c>dotnet format</c> has it.</summary>
public sealed partial class SourceFormTests
{
    const int MaxColumns = 120;

    // What tools make or install.
    static readonly string[] Made = ["artifacts", "bin", "node_modules", "obj", "TestResults", "wwwroot"];

    // Of the folders that tools hide things in, only these are ours.
    static readonly string[] Hidden = [".ci", ".config", ".devcontainer", ".github", ".vscode"];

    static readonly string[] Unbreakable =
    [
        // JSON has no way to break a text.
        "openapi.json", "flow.json", "signature-vectors.json",
        // Made from openapi.json, and by dotnet sln.
        "api.d.ts", ".sln",
        // Compared as they are with what the program says.
        ".approved.txt",
    ];

    internal static string Root => Path.GetFullPath(Path.Combine(
        Path.GetDirectoryName(
            typeof(SourceFormTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(data => data.Key == "AppProject").Value!)!,
        "../.."));

    [Fact]
    public async Task No_line_is_longer_than_120_columns()
    {
        var files = await FilesAsync();
        Assert.InRange(files.Count, 1_000, 10_000);
        Assert.Empty(
            from file in files
            where !Unbreakable.Any(end => file.EndsWith(end, StringComparison.Ordinal))
            let text = File.ReadAllText(file)
            where !text.Contains('\0', StringComparison.Ordinal)
            from line in text.Split('\n').Index()
            where line.Item.Length > MaxColumns
            select $"{Path.GetRelativePath(Root, file)}:{line.Index + 1}");
    }

    [Fact]
    public async Task Dotnet_format_would_change_no_layout()
    {
        var (exitCode, said) = await RunAsync(
            "dotnet", ["format", "whitespace", Root, "--folder", "--verify-no-changes", "--exclude", .. Made]);
        Assert.True(exitCode == 0, said);
    }

    // The build refuses the rest of what dotnet format names. To ask it for this alone takes minutes: CI does.
    [Fact]
    public async Task Usings_are_in_the_order_of_dotnet_format() =>
        Assert.Empty(
            from file in await FilesAsync()
            where file.EndsWith(".cs", StringComparison.Ordinal)
            let usings = File.ReadLines(file).Select(line => Using().Match(line)).Where(line => line.Success).ToList()
            where !usings.SequenceEqual(usings.OrderBy(Place, StringComparer.OrdinalIgnoreCase))
            select Path.GetRelativePath(Root, file));

    static string Place(Match line)
    {
        var name = line.Groups["name"].Value;
        // False comes before True.
        return $"{line.Groups["alias"].Success}{line.Groups["static"].Success}{name.Split('.')[0] != "System"}{name}";
    }

    // What git tracks. An export has no git, and has nothing beside it but what tools have made meanwhile.
    internal static async Task<IReadOnlyList<string>> FilesAsync()
    {
        var (exitCode, tracked) = Path.Exists(Path.Combine(Root, ".git"))
            ? await RunAsync("git", ["-C", Root, "ls-files", "-z"])
            : (1, "");
        return exitCode != 0
            ? [.. Walk(Root)]
            : [.. tracked.Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Where(file => !file.Contains("/wwwroot/", StringComparison.Ordinal))
                .Select(file => Path.Combine(Root, file)).Where(File.Exists)];
    }

    static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder)
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(inner => Path.GetFileName(inner) is var name
                    && !Made.Contains(name) && (name[0] != '.' || Hidden.Contains(name)))
                .SelectMany(Walk));

    static async Task<(int ExitCode, string Said)> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var said = await Task.WhenAll(
                process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode, string.Concat(said));
        }
        catch (Win32Exception)
        {
            return (-1, $"There is no {program}.");
        }
    }

    [GeneratedRegex(@"^using (?<static>static )?(?<name>[\w.]+)(?<alias> = [\w.]+)?;$")]
    private static partial Regex Using();
}
