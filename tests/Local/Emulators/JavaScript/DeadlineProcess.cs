using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Atrium.JavaScript;

/// <summary>Runs a program to its end, or kills it and its children at the deadline.</summary>
internal static class DeadlineProcess
{
    /// <param name="start">The program; its streams are taken over.</param>
    /// <param name="deadline">From the start on.</param>
    /// <param name="answer">Gets each line of standard output; what it returns, unless null, is written to standard
    /// input as a line.</param>
    /// <param name="cancellationToken">Ends the wait, and the program.</param>
    public static async Task<ProcessResult> RunAsync(
        ProcessStartInfo start, TimeSpan deadline, Func<string, Task<string?>> answer,
        CancellationToken cancellationToken)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.UseShellExecute = false;
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                $"'{start.FileName}' could not be started ({e.Message}). The tests need Node.js 20 or newer "
                    + "and Python 3. See that they are installed, and on the PATH.", e);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline);
        var output = new StringBuilder();
        try
        {
            await Task.WhenAll(Talk(), Collect(process.StandardError), process.WaitForExitAsync(limit.Token));
            return new ProcessResult(process.ExitCode, output.ToString());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProcessResult(null, output.ToString());
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        async Task Talk()
        {
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                Append(line);
                if (await AnswerAsync(line) is { } reply)
                {
                    await process.StandardInput.WriteLineAsync(reply.AsMemory(), limit.Token);
                    await process.StandardInput.FlushAsync(limit.Token);
                }
            }
        }

        async Task<string?> AnswerAsync(string line)
        {
            try
            {
                return await answer(line);
            }
            catch
            {
                // The program would wait for its answer until the deadline.
                await limit.CancelAsync();
                throw;
            }
        }

        async Task Collect(StreamReader reader)
        {
            while (await reader.ReadLineAsync(limit.Token) is { } line) Append(line);
        }

        void Append(string line)
        {
            lock (output) output.AppendLine(line);
        }
    }
}
