using System.Diagnostics;

namespace Atrium.Processes;

/// <summary>What one sends to processes by <c>kill</c>.</summary>
static class Signals
{
    /// <summary>Sends a signal.</summary>
    /// <exception cref="InvalidOperationException">There is no such process, or no such signal.</exception>
    /// <param name="signal">Its name, such as <c>TERM</c>.</param>
    /// <param name="process">The process, or a group as a negative number.</param>
    public static async Task SendAsync(string signal, int process)
    {
        using var kill = Process.Start(
            new ProcessStartInfo("kill", ["-s", signal, "--", $"{process}"]) { RedirectStandardError = true })!;
        var refusal = await kill.StandardError.ReadToEndAsync();
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"{signal} was not sent to {process}: {refusal}");
        }
    }

    /// <summary>Ends when a process has.</summary>
    public static async Task GoneAsync(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            await process.WaitForExitAsync().Soon();
        }
        catch (ArgumentException)
        {
            // It had gone already.
        }
    }
}
