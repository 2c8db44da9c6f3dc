using System.Diagnostics;

namespace Atrium.Infra.Tests;

/// <summary>Runs the scripts that azd runs, in sh and in PowerShell, with stand-ins for az and azd.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public abstract class HookRunning(PowerShell powerShell) : IClassFixture<PowerShell>, IDisposable
{
    // Of the machine's programs only what the hooks may take for given: some machines have an az.
    static readonly string[] Programs = ["curl", "date", "grep", "head", "mktemp", "printenv", "rm", "sleep", "tr"];

    private protected static string Hooks => Path.Combine(Bicep.Folder, "hooks");

    /// <summary>The PATH and the HOME of the hooks.</summary>
    private protected DirectoryInfo Folder { get; } = WithPrograms();

    public void Dispose()
    {
        Folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    // For sh as scripts/hooks.ps1 does it for PowerShell: it is always 1000, and nobody sleeps.
    private protected void FixTime()
    {
        Stub("sleep", "echo sleep \"$@\" >> $CALLS");
        Stub("date", "echo 1000");
    }

    static DirectoryInfo WithPrograms()
    {
        var folder = Directory.CreateTempSubdirectory("hooks-");
        foreach (var program in Programs)
        {
            File.CreateSymbolicLink(
                Path.Combine(folder.FullName, program),
                new[] { $"/usr/bin/{program}", $"/bin/{program}" }.First(File.Exists));
        }

        return folder;
    }

    // A program of this name, in the place of the machine's own. Another process writes it: what this one has open for
    // writing, a process that another test starts meanwhile has open for a moment, too, and then nobody can run it.
    private protected void Stub(string name, string script)
    {
        var file = Path.Combine(Folder.FullName, name);
        File.Delete(file);
        using var writer = Process.Start(
            "/bin/sh", ["-c", "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod 700 \"$0\"", file, script]);
        writer.WaitForExit();
        Assert.Equal(0, writer.ExitCode);
    }

    private protected string[] Calls() => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    string CallsFile => Path.Combine(Folder.FullName, "calls");

    private protected async Task<(int Code, string Output)> RunAsync(
        string shell, string hook, params (string Name, string Value)[] settings)
    {
        var script = Path.Combine(Hooks, $"{hook}.{shell}");
        var environment = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        environment["PATH"] = Folder.FullName;
        environment["HOME"] = Folder.FullName;
        environment["TMPDIR"] = Folder.FullName;
        environment["CALLS"] = CallsFile;
        environment.TryAdd("AZURE_ENV_NAME", "prod");
        return shell == "sh"
            ? await RunAsync(new ProcessStartInfo("/bin/sh", [script]), environment)
            : await powerShell.RunAsync(script, environment);
    }

    private protected static async Task<(int Code, string Output)> RunAsync(
        ProcessStartInfo start, IReadOnlyDictionary<string, string> environment)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().Soon();
            return (process.ExitCode, await output.Soon() + await errors.Soon());
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
