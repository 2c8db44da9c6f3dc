using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Atrium.Functions.Tests.Publishing;

/// <summary>What MSBuild makes of the app's project. Nothing is restored or built.</summary>
/// <param name="Runtime">The property <c>FunctionsRuntime</c>.</param>
/// <param name="Items">Each item that could get into the package: its kind, full path, and when it is copied there.</param>
sealed record ProjectEvaluation(string Runtime, IReadOnlyList<(string Kind, string Path, string Copied)> Items)
{
    const string Kinds = "Compile,ProjectReference,PackageReference,None,Content,EmbeddedResource";

    /// <param name="properties">As on the command line, such as <c>FunctionsRuntime=Azure</c>.</param>
    public static async Task<ProjectEvaluation> OfAsync(params string[] properties)
    {
        var project = typeof(ProjectEvaluation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "AppProject").Value!;
        var start = new ProcessStartInfo(
            "dotnet",
            ["msbuild", project, $"-getItem:{Kinds}", "-getProperty:FunctionsRuntime", .. properties.Select(property => "-p:" + property)])
        {
            RedirectStandardOutput = true,
        };
        // What `dotnet test` told its own children, and what picks a runtime, is not for this one.
        foreach (var name in start.Environment.Keys.Where(IsForUsOnly).ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dotnet msbuild ended with {process.ExitCode}:\n{output}");
        return Read(JsonDocument.Parse(output).RootElement);
    }

    static bool IsForUsOnly(string variable) =>
        variable.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) || variable.Equals("FunctionsRuntime", StringComparison.OrdinalIgnoreCase);

    static ProjectEvaluation Read(JsonElement result) => new(
        result.GetProperty("Properties").GetProperty("FunctionsRuntime").GetString()!,
        [
            .. from kind in result.GetProperty(nameof(Items)).EnumerateObject()
               from item in kind.Value.EnumerateArray()
               select (kind.Name, item.GetProperty("FullPath").GetString()!.Replace('\\', '/'), Metadata(item, "CopyToPublishDirectory")),
        ]);

    static string Metadata(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString()! : "";
}
