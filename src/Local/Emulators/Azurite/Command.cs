using System.Diagnostics;

namespace Atrium.Local.Emulators.Azurite;

/// <summary>A program that is run to its end for what it says.</summary>
internal static class Command
{
    /// <summary>Runs it. When the caller gives up, the program and what it started are ended.</summary>
    /// <returns>
    /// The exit code, and all that was written to standard output and, after that, to standard error.
    /// </returns>
    /// <exception cref="EmulatorStartException">The system cannot run the program.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, string workingFolder, CancellationToken cancellationToken)
    {
        using var process = Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Starts a program.</summary>
    /// <exception cref="EmulatorStartException">The system cannot run it.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new EmulatorStartException(
                $"{start.FileName} cannot be run: {exception.Message} Check that it is a program and may be executed.",
                exception);
        }
    }
}
