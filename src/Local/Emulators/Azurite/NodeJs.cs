using System.Globalization;

namespace Atrium.Local.Emulators.Azurite;

/// <summary>The Node.js of this machine: the full paths of its two programs.</summary>
internal sealed record NodeJs(string Node, string Npm)
{
    // Below this Azurite does not start.
    const int MinimumMajorVersion = 20;

    static readonly string Remedy =
        $"Node.js {MinimumMajorVersion} or newer, with npm, is needed for Azurite, which keeps the tables. Install it "
            + "from https://nodejs.org "
        + "(or with your system's packages), or leave Azurite out by setting Tables to a connection string of your "
        + "own.";

    /// <summary>Looks for Node.js and asks for its version.</summary>
    /// <exception cref="EmulatorStartException">It is missing, or too old.</exception>
    public static async Task<NodeJs> FindAsync(string searchPath, CancellationToken cancellationToken)
    {
        if (Find(searchPath, OperatingSystem.IsWindows() ? "node.exe" : "node") is not { } node)
        {
            throw new EmulatorStartException($"Node.js is not on the PATH. {Remedy}");
        }

        if (Find(searchPath, OperatingSystem.IsWindows() ? "npm.cmd" : "npm") is not { } npm)
        {
            throw new EmulatorStartException($"npm is not on the PATH, though Node.js is ({node}). {Remedy}");
        }

        var (exitCode, output) = await Command.RunAsync(
            node, ["--version"], AppContext.BaseDirectory, cancellationToken);
        if (exitCode != 0 || MajorVersion(output) is not >= MinimumMajorVersion)
        {
            throw new EmulatorStartException(
                $"{node} has the version '{output.Trim()}', which is too old or unknown. {Remedy}");
        }

        return new NodeJs(node, npm);
    }

    /// <summary>20 for "v20.11.1"; null for what is no version.</summary>
    internal static int? MajorVersion(string output)
    {
        var text = output.AsSpan().Trim();
        var dot = text.IndexOf('.');
        return text.StartsWith('v') && dot > 1
            && int.TryParse(text[1..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            ? major
            : null;
    }

    static string? Find(string searchPath, string program) => searchPath
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
