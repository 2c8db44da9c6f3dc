using System.Globalization;
using System.Security.Cryptography;

namespace Atrium.Local.Emulators.Azurite;

/// <summary>Installs Azurite with npm, once for each set of pinned packages.</summary>
internal sealed class AzuriteInstallation(string toolsFolder, Action<string> tell, TimeProvider clock)
{
    /// <summary>The folder beside the program that has the pinned packages and the scripts.</summary>
    public static readonly string Source = Path.Combine(AppContext.BaseDirectory, "Azurite", "npm");

    // What decides the packages. The scripts run from beside the program, so a change in them needs no new
    // installation.
    static readonly string[] Manifest =
        ["package.json", "package-lock.json", Path.Combine("left-out", "package.json"),
            Path.Combine("left-out", "index.js")];

    // Azurite's blob service, and packages that only some systems build from source, are not needed for tables; nor are
    // the scripts of packages.
    static readonly string[] NpmArguments =
    [
        "ci", "--omit=dev", "--omit=optional", "--ignore-scripts", "--install-links", "--no-audit", "--no-fund",
        "--no-update-notifier",
        "--prefer-offline", "--loglevel=error",
    ];

    static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(3);

    // Another process may be installing over a slow network. The user sees this, and can give up with Ctrl-C.
    static readonly TimeSpan LockPatience = TimeSpan.FromMinutes(10);

    /// <summary>Gives the folder of the installation, after making it if need be.</summary>
    /// <exception cref="EmulatorStartException">npm failed, or the folder cannot be written.</exception>
    public async Task<string> EnsureAsync(NodeJs node, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(toolsFolder, $"azurite-{Fingerprint()}");
        if (Directory.Exists(folder))
        {
            return folder;
        }

        try
        {
            Directory.CreateDirectory(toolsFolder);
            using var mine = await FolderLock.AcquireAsync(
                Path.Combine(toolsFolder, "azurite.lock"),
                LockPatience,
                clock,
                () => tell("Waiting for another process that is installing Azurite ..."),
                cancellationToken)
                ?? throw new EmulatorStartException(
                    $"Another process has been installing Azurite in {toolsFolder} for {LockPatience.TotalMinutes:0} "
                        + "minutes. End it, and start again.");
            if (!Directory.Exists(folder))
            {
                await InstallAsync(node, folder, cancellationToken);
            }

            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EmulatorStartException(
                $"Azurite cannot be installed in {toolsFolder}: {exception.Message} Make the folder writable.",
                exception);
        }
    }

    async Task InstallAsync(NodeJs node, string folder, CancellationToken cancellationToken)
    {
        RemoveLeftovers();

        // The folder gets its name when it is complete: a process that dies half-way leaves nothing that looks like an
        // installation.
        var unfinished = $"{folder}.{Guid.NewGuid():N}.tmp";
        foreach (var file in Manifest)
        {
            var copy = Path.Combine(unfinished, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Source, file), copy);
        }

        var began = clock.GetTimestamp();
        tell("Installing Azurite for the tables: once, about 35 MB, some ten seconds on a fast network ...");
        string[] arguments = [.. NpmArguments, .. NpmCache.Option(Path.Combine(toolsFolder, "npm-cache"))];
        var npm = Command.RunAsync(node.Npm, arguments, unfinished, cancellationToken);
        await TellUntilEndAsync(npm, began, cancellationToken);
        var (exitCode, output) = await npm;
        if (exitCode != 0)
        {
            throw new EmulatorStartException(
                $"Azurite could not be installed: npm ended with code {exitCode}. Check that npm can reach its "
                    + $"registry (npm ping) and write its cache (npm config get cache). It said: {output.Trim()}");
        }

        Directory.Move(unfinished, folder);
        tell($"Azurite is installed, after {Seconds(began)} s.");
    }

    /// <summary>
    /// Reports the seconds while the work goes on, so that a slow network does not look like a standstill.
    /// </summary>
    internal async Task TellUntilEndAsync(Task work, long began, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ProgressInterval, clock);
        var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        while (await Task.WhenAny(work, tick) == tick && !cancellationToken.IsCancellationRequested)
        {
            tell($"Installing Azurite, {Seconds(began)} s ...");
            tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        }
    }

    void RemoveLeftovers()
    {
        foreach (var leftover in Directory.GetDirectories(toolsFolder, "azurite-*.tmp"))
        {
            try
            {
                Directory.Delete(leftover, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // An npm whose parent died may still be writing there. It costs some space until the next installation.
            }
        }
    }

    string Seconds(long began) => clock.GetElapsedTime(began).TotalSeconds.ToString("0", CultureInfo.InvariantCulture);

    static string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Manifest)
        {
            hash.AppendData(File.ReadAllBytes(Path.Combine(Source, file)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
