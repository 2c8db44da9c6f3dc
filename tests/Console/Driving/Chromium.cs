using System.Diagnostics;
using Atrium.JavaScript;
using Microsoft.Playwright;

namespace Atrium.BrowserTests;

/// <summary>The one browser of all tests. It is a Chromium of the machine; Playwright downloads none.</summary>
internal static class Chromium
{
    /// <summary>The environment variable that names another browser: the file of its program.</summary>
    public const string Variable = "ATRIUM_CHROMIUM";

    // Milliseconds. Reached only when something is broken.
    const float LaunchPatience = 240_000;

    // Half an hour: some 300 MB of packages, by a slow line.
    static readonly TimeSpan InstallationDeadline = TimeSpan.FromMinutes(30);

    // The first is Chromium without a window, which takes a seventh less of the processor.
    static readonly string[] Programs =
        ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    static readonly string[] Places =
    [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    // Nothing but what the tests ask for goes over the network, and nothing is asked at a first run.
    static readonly string[] Arguments =
    [
        "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    static readonly Lazy<Task<IBrowser>> Started = new(StartAsync);

    /// <summary>The browser, started by whoever asks first. It ends with the process of the tests.</summary>
    /// <exception cref="InvalidOperationException">There is none, and none can be installed.</exception>
    public static Task<IBrowser> BrowserAsync() => Started.Value;

    /// <summary>Installs Chromium where it is missing, and may be installed.</summary>
    /// <param name="progress">Is told what happens.</param>
    /// <returns>Null when there is a browser; else why not, and what to do, in one sentence.</returns>
    public static async Task<string?> InstallAsync(Action<string> progress) =>
        Find() is not null ? null
        : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? Sentence($"{Variable} names {named}, which is no file")
        : OnPath("apt-get") is not { } aptGet ? Sentence("this system has no apt-get to install it with")
        : !Environment.IsPrivilegedProcess && !await MayBecomeRootAsync()
            ? Sentence("only root may install it, and sudo does not let these tests")
        : await InstallAsync(aptGet, progress) is { } fault ? Sentence($"its installation failed ({fault})")
        : Find() is null ? Sentence("its package has no program of that name")
        : null;

    static string Sentence(string why) =>
        $"The tests of the admin's page need Chromium or Chrome, and there is none: {why}. Install it (on Debian: "
        + $"apt-get install chromium), or have {Variable} name its program.";

    static string? Find() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? File.Exists(named) ? named : null
        : Programs.Select(OnPath).Concat(Places.Where(File.Exists)).FirstOrDefault(path => path is not null);

    static string? OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);

    static async Task<bool> MayBecomeRootAsync() =>
        OnPath("sudo") is { } sudo && await RunAsync(new(sudo, ["-n", "true"]), _ => { }) is null;

    static async Task<string?> InstallAsync(string aptGet, Action<string> progress)
    {
        progress("Installing Chromium for the tests of the admin's page, once. This takes a minute or two.");
        // Another run of the tests may be at it: the second one waits, and finds it done.
        const string Wait = "-oDPkg::Lock::Timeout=600";
        return await RunAsync(AsRoot(aptGet, "-q", "update"), progress)
            // Not every release of Debian has the first.
            ?? (await TryAsync("chromium-headless-shell") is null ? null : await TryAsync("chromium"));

        Task<string?> TryAsync(string package) => RunAsync(
            AsRoot(aptGet, "-q", "-y", Wait, "install", "--no-install-recommends", package, "chromium-sandbox"),
            progress);
    }

    static ProcessStartInfo AsRoot(string program, params string[] arguments)
    {
        string[] all = ["DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", program, .. arguments];
        return Environment.IsPrivilegedProcess ? new("env", all) : new("sudo", ["-n", "env", .. all]);
    }

    // Null when it ended well; else its last line.
    static async Task<string?> RunAsync(ProcessStartInfo start, Action<string> progress)
    {
        var result = await DeadlineProcess.RunAsync(start, InstallationDeadline, Report, default);
        return result.ExitCode switch
        {
            0 => null,
            null => $"it did not end within {InstallationDeadline.TotalMinutes:F0} minutes",
            _ => result.Output.Trim().Split('\n')[^1],
        };

        Task<string?> Report(string line)
        {
            progress(line);
            return Task.FromResult<string?>(null);
        }
    }

    static async Task<IBrowser> StartAsync()
    {
        if (await InstallAsync(_ => { }) is { } whyNot)
        {
            throw new InvalidOperationException(whyNot);
        }

        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", Repository.Metadata("Playwright"));
        var playwright = await Playwright.CreateAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => playwright.Dispose();
        // Chromium's sandbox does not work as root, and not in every container. The pages are the tests' own.
        return Environment.IsPrivilegedProcess
            ? await LaunchAsync(playwright, isSandboxed: false)
            : await TryAsync(playwright) ?? await LaunchAsync(playwright, isSandboxed: false);
    }

    static async Task<IBrowser?> TryAsync(IPlaywright playwright)
    {
        try
        {
            return await LaunchAsync(playwright, isSandboxed: true);
        }
        catch (PlaywrightException e) when (e.Message.Contains("sandbox", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
    }

    static Task<IBrowser> LaunchAsync(IPlaywright playwright, bool isSandboxed) =>
        playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Find(),
            ChromiumSandbox = isSandboxed,
            Args = Arguments,
            Timeout = LaunchPatience,
        });
}
