using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Atrium.Functions.Tests.Publishing;

/// <summary>What MSBuild makes of the app's project. Nothing is restored or built.</summary>
/// <param name="Runtime">The property <c>FunctionsRuntime</c>.</param>
/// <param name="Items">Each item that could get into the package: its kind, full path, and when it is copied
/// there.</param>
sealed record ProjectEvaluation(string Runtime, IReadOnlyList<(string Kind, string Path, string Copied)> Items)
{
    const string Kinds = "Compile,ProjectReference,PackageReference,None,Content,EmbeddedResource";

    static readonly ConcurrentDictionary<string, Task<ProjectEvaluation>> Evaluated = new();

    /// <summary>The app's project file.</summary>
    public static string App { get; } =
        typeof(ProjectEvaluation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "AppProject").Value!;

    /// <summary>The names of the packages that are referenced.</summary>
    public IReadOnlySet<string> Packages =>
        Items.Where(item => item.Kind == "PackageReference").Select(item => Path.GetFileName(item.Path)).ToHashSet();

    /// <summary>What is taken from src/Local, each by its file's name.</summary>
    public IReadOnlySet<string> Local => Items
        .Where(item => item.Path.Contains("/src/Local/", StringComparison.Ordinal))
        .Select(item => Path.GetFileName(item.Path))
        .ToHashSet();

    /// <summary>The names of the files that are compiled.</summary>
    public IReadOnlySet<string> Compiled =>
        Items.Where(item => item.Kind == "Compile").Select(item => Path.GetFileName(item.Path)).ToHashSet();

    /// <param name="property">As on the command line: <c>FunctionsRuntime=Azure</c>. Each is evaluated once.</param>
    public static Task<ProjectEvaluation> OfAsync(string property) => Evaluated.GetOrAdd(property, EvaluateAsync);

    /// <summary>Runs <c>dotnet msbuild</c> on the app's project.</summary>
    /// <param name="arguments">What follows the project.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", App, .. arguments]) { RedirectStandardOutput = true };
        // What `dotnet test` told its own children, and what picks a runtime, is not for this one.
        foreach (var name in start.Environment.Keys.Where(IsForUsOnly).ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    static async Task<ProjectEvaluation> EvaluateAsync(string property)
    {
        var (exitCode, output) = await RunAsync($"-getItem:{Kinds}", "-getProperty:FunctionsRuntime", "-p:" + property);
        Assert.True(exitCode == 0, $"dotnet msbuild ended with {exitCode}:\n{output}");
        return Read(JsonDocument.Parse(output).RootElement);
    }

    static bool IsForUsOnly(string variable) =>
        variable.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)
            || variable.Equals("FunctionsRuntime", StringComparison.OrdinalIgnoreCase);

    static ProjectEvaluation Read(JsonElement result) => new(
        result.GetProperty("Properties").GetProperty("FunctionsRuntime").GetString()!,
        [
            .. from kind in result.GetProperty(nameof(Items)).EnumerateObject()
               from item in kind.Value.EnumerateArray()
               select (kind.Name, item.GetProperty("FullPath")
                   .GetString()!.Replace('\\', '/'), Metadata(item, "CopyToPublishDirectory")),
        ]);

    static string Metadata(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) ? value.GetString()! : "";
}
