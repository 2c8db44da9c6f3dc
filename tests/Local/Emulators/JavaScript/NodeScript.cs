using System.Diagnostics;

namespace Atrium.JavaScript;

/// <summary>Runs a script with Node.js and throws, with all that it printed, unless it ends well in time.</summary>
internal static class NodeScript
{
    /// <summary>
    /// Longer than a script waits for anything itself, and then says what for; only a script that hangs meets it.
    /// </summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromMinutes(4);

    /// <param name="script">The file; the packages it imports lie in node_modules beside it or above.</param>
    /// <param name="arguments">What it finds in process.argv.</param>
    /// <param name="answer">Gets each line the script prints; what it returns, unless null, is what the script reads as
    /// its next line.</param>
    /// <param name="deadline">Null: <see cref="DefaultDeadline"/>.</param>
    /// <param name="cancellationToken">Ends the wait, and the script.</param>
    /// <returns>What the script printed.</returns>
    /// <exception cref="NodeScriptFailedException">The script ended with another exit code than 0, or not before the
    /// deadline.</exception>
    public static async Task<string> RunAsync(
        string script,
        IEnumerable<string> arguments,
        Func<string, Task<string?>>? answer = null,
        TimeSpan? deadline = null,
        CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(
            "node", [script, .. arguments])
        { WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(script)) };
        var limit = deadline ?? DefaultDeadline;
        var result = await DeadlineProcess.RunAsync(
            start, limit, answer ?? (static _ => Task.FromResult<string?>(null)), cancellationToken);
        var name = Path.GetFileName(script);
        return result.ExitCode switch
        {
            0 => result.Output,
            null => throw Failed($"did not end within {limit.TotalSeconds} s. It printed:"),
            var code => throw Failed($"ended with exit code {code}:"),
        };

        NodeScriptFailedException Failed(string how) => new($"{name} {how}{Environment.NewLine}{result.Output}");
    }
}
