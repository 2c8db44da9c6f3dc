using System.Diagnostics;
using System.Security.Cryptography;
using Atrium.Local.Emulators.Azurite;

namespace Atrium.JavaScript;

/// <summary>
/// Installs what a folder's package-lock.json lists into that folder, once; any number of processes may ask at the same
/// time.
/// </summary>
internal static class NpmPackages
{
    /// <summary>A first download over a slow line takes minutes, not a quarter of an hour.</summary>
    static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Between two looks at whether another process has finished the installation; short against the seconds that it
    /// takes.
    /// </summary>
    static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(100);

    /// <param name="folder">Holds package.json and package-lock.json; gets node_modules.</param>
    /// <param name="progress">Is told what happens when there is something to install; silent otherwise.</param>
    /// <param name="cancellationToken">Ends the wait, and the installation.</param>
    /// <exception cref="InvalidOperationException">npm is missing or failed; the message holds what it
    /// printed.</exception>
    public static async Task InstallAsync(
        string folder, Action<string> progress, CancellationToken cancellationToken = default)
    {
        var marker = Path.Combine(folder, "node_modules", ".complete");
        var wanted = Convert.ToHexString(
            SHA256.HashData(
            await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"), cancellationToken)));
        if (IsComplete()) return;

        await using var taken = await LockAsync(Path.Combine(folder, ".npm-install.lock"), cancellationToken);
        if (IsComplete()) return;

        progress($"Installing npm packages into {folder} (first run only).");
        var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        var start = new ProcessStartInfo(
            npm,
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund",
                .. NpmCache.Option(Path.Combine(folder, ".npm-cache"))])
        { WorkingDirectory = folder };
        var result = await DeadlineProcess.RunAsync(start, Deadline, Report, cancellationToken);
        if (result.ExitCode is not 0)
        {
            throw new InvalidOperationException(
                $"'npm ci' in {folder} "
                    + (result.ExitCode is { } code
                        ? $"ended with exit code {code}. "
                        : $"did not end within {Deadline}. ")
                    + "The tests need the packages: check that npm can reach its registry (npm ping) and write its "
                    + $"cache (npm config get cache). It printed:{Environment.NewLine}{result.Output}");
        }

        // Written last: an installation that was cut short has no marker and is done again.
        Directory.CreateDirectory(Path.GetDirectoryName(marker)!);
        await File.WriteAllTextAsync(marker, wanted, cancellationToken);

        bool IsComplete() => File.Exists(marker) && File.ReadAllText(marker) == wanted;

        Task<string?> Report(string line)
        {
            progress($"npm: {line}");
            return Task.FromResult<string?>(null);
        }
    }

    /// <summary>
    /// The operating system frees the lock with the process that holds it, whatever ends that process.
    /// </summary>
    static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waiting.Elapsed < Deadline)
            {
                await Task.Delay(LockPoll, TimeProvider.System, cancellationToken);
            }
        }
    }
}
