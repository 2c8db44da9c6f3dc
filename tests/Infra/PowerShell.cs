using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Atrium.Infra.Tests;

/// <summary>One PowerShell for all hooks of a class of tests: see scripts/hooks.ps1.</summary>
public sealed class PowerShell : IDisposable
{
    static readonly string Program =
        typeof(PowerShell).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "PowerShell").Value!;

    readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("powershell-");
    readonly Lazy<Process> _process;

    public PowerShell() => _process = new(() =>
    {
        var start = Start(Path.Combine(AppContext.BaseDirectory, "scripts", "hooks.ps1"));
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.Environment["HOME"] = _home.FullName;
        return Process.Start(start)!;
    });

    /// <summary>A process of its own for a script, as azd starts it.</summary>
    public static ProcessStartInfo Start(string script)
    {
        Assert.True(File.Exists(Program), $"{Program} is missing. Restore this project: dotnet restore tests/Infra");
        var start = new ProcessStartInfo("dotnet", [Program, "-NonInteractive", "-File", script]);
        start.Environment.Clear();
        start.Environment["NO_COLOR"] = "1";
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        return start;
    }

    /// <summary>Runs a script and gives back its exit code, and what it wrote.</summary>
    public async Task<(int Code, string Output)> RunAsync(
        string script, IReadOnlyDictionary<string, string> environment)
    {
        await _process.Value.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { script, environment }));
        var line = await _process.Value.StandardOutput.ReadLineAsync().Soon();
        var answer = JsonElement.Parse(line ?? """{"code":-1,"output":"PowerShell has ended."}""");
        return (answer.GetProperty("code").GetInt32(), answer.GetProperty("output").GetString()!);
    }

    public void Dispose()
    {
        if (_process.IsValueCreated)
        {
            // It ends with its input.
            _process.Value.StandardInput.Close();
            _process.Value.WaitForExit();
            _process.Value.Dispose();
        }

        _home.Delete(recursive: true);
    }
}
