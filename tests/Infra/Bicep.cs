using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Atrium.Infra.Tests;

/// <summary>
/// The Bicep command line, over a copy of the template beside the tests. It needs no network: the types of resources
/// are part of it.
/// </summary>
internal static class Bicep
{
    /// <summary>The copy of infra/.</summary>
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "infra");

    /// <summary>The version that <c>azd</c> brings, and compiles the template with.</summary>
    public static readonly string OfAzd = ProgramOf("BicepOfAzd");

    static readonly string Program = ProgramOf("Bicep");

    /// <param name="arguments">Of the program.</param>
    /// <returns>
    /// What it wrote, when it had nothing to complain about; a complaint, a mere warning too, fails the test.
    /// </returns>
    public static Task<string> RunAsync(params string[] arguments) =>
        RunAsync(new Dictionary<string, string>(), arguments);

    /// <param name="environment">Variables that parameter files read.</param>
    /// <param name="arguments">Of the program.</param>
    /// <returns>As above.</returns>
    public static Task<string> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        RunAsync(Program, environment, arguments);

    /// <param name="program">The version to run.</param>
    /// <param name="environment">Variables that parameter files read.</param>
    /// <param name="arguments">Of the program.</param>
    /// <returns>As above.</returns>
    public static async Task<string> RunAsync(
        string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        Assert.True(
            OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64,
            "The tests of infra/ run the Bicep command line of the package Azure.Bicep.CommandLine.linux-x64, so they "
                + "need Linux on x64, "
            + "in a container or WSL if need be. Elsewhere leave them out: dotnet test --filter "
            + "FullyQualifiedName!~Atrium.Infra.Tests");
        Assert.True(
            File.Exists(program),
            $"The Bicep command line is not at {program}. Restore this project: dotnet restore tests/Infra");

        var start =
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            };
        // It unpacks itself, and what it keeps is beneath the home folder otherwise, which may be read-only.
        start.Environment["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = Path.Combine(AppContext.BaseDirectory, "bicep");
        // Whoever runs the tests may have set what the parameter files read.
        foreach (var read in start.Environment.Keys.Where(
            name => name.StartsWith("AZURE_", StringComparison.Ordinal)
                || name.StartsWith("ATRIUM_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(read);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var complaints = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(
            process.ExitCode == 0 && (await complaints).Length == 0,
            $"bicep {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await complaints}\n{await output}");
        return await output;
    }

    static string ProgramOf(string key) => typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(data => data.Key == key).Value!;
}
