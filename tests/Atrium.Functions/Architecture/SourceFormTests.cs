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

    // Whatever else lies beside them, somebody has put there.
    static readonly string[] Folders =
        [".ci", ".config", ".devcontainer", ".github", ".vscode", "docs", "infra", "samples", "src", "tests"];

    static readonly string[] Endings =
    [
        ".bicep", ".bicepparam", ".cjs", ".cs", ".csproj", ".css", ".editorconfig", ".gitattributes", ".gitignore",
        ".html", ".http", ".js", ".json", ".kql", ".md", ".mjs", ".png", ".props", ".proto", ".ps1", ".py",
        ".runsettings", ".sh", ".sln", ".svg", ".targets", ".ts", ".tsx", ".txt", ".yaml", ".yml",
    ];

    // Those without an ending.
    static readonly string[] Names = ["LICENSE", "check-package", "node", "run"];

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
            let text = Read(file)
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
            let usings = Read(file).ReplaceLineEndings("\n").Split('\n')
                .Select(line => Using().Match(line)).Where(line => line.Success).ToList()
            where !usings.SequenceEqual(usings.OrderBy(Place, StringComparer.OrdinalIgnoreCase))
            select Path.GetRelativePath(Root, file));

    [Fact]
    public async Task Every_file_is_found_in_an_export_too() =>
        Assert.Empty((await FilesAsync()).Except(Walk(), StringComparer.Ordinal));

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
            ? [.. Walk()]
            : [.. tracked.Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Where(file => !file.Contains("/wwwroot/", StringComparison.Ordinal))
                .Select(file => Path.Combine(Root, file)).Where(File.Exists)];
    }

    static IEnumerable<string> Walk() => Directory.EnumerateFiles(Root).Where(IsOurs)
        .Concat(Folders.Select(folder => Path.Combine(Root, folder)).Where(Directory.Exists).SelectMany(Walk));

    static IEnumerable<string> Walk(string folder) =>
        Inside(folder, Directory.GetFiles).Where(IsOurs)
            .Concat(Inside(folder, Directory.GetDirectories)
                .Where(inner => Path.GetFileName(inner) is var name && !Made.Contains(name) && name[0] != '.')
                .SelectMany(Walk));

    static bool IsOurs(string file) =>
        Endings.Contains(Path.GetExtension(file)) || Names.Contains(Path.GetFileName(file));

    static string[] Inside(string folder, Func<string, string[]> list)
    {
        try
        {
            return list(folder);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody has removed it meanwhile.
            return [];
        }
    }

    // Nothing, if somebody has removed it meanwhile.
    static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return "";
        }
    }

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
