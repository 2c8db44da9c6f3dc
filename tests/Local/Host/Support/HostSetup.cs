using Atrium.Processes;

namespace Atrium.Local.Host.Tests.Support;

/// <summary>
/// What a host is started with: the sample app and what it needs, in a folder of its own, and what a test wants
/// otherwise.
/// </summary>
internal sealed class HostSetup : IDisposable
{
    /// <summary>A schedule that no test lives to see.</summary>
    public const string NewYear = "0 0 3 1 1 *";

    readonly TempFolder _folder = new();

    public HostSetup()
    {
        Settings = new()
        {
            ["AzureWebJobsScriptRoot"] = _folder.Path,
            ["LocalStack__ServiceBusConfig"] = _folder.Write("config.json", Queues.Config),
            ["LocalStack__ServiceBusPort"] = "0",
            ["LocalStack__TablesPort"] = "0",
            // Named, so that nothing stands in for them.
            ["Tables"] = "none",
            ["KeyVault__vaultUri"] = "https://vault.example",
            ["ManualQueue"] = Queues.Manual,
            ["TickSchedule"] = NewYear,
        };
        HostJson("{}");
    }

    public string Folder => _folder.Path;

    /// <summary>The app's settings, as environment variables.</summary>
    public Dictionary<string, string> Settings { get; }

    public string App { get; init; } = HostProcess.App;

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>What is said of the port of HTTP. Any free one, unless a test wants otherwise.</summary>
    public IReadOnlyList<string> PortArguments { get; set; } = ["--port", "0"];

    /// <summary>The file that the host prints to, instead of to the test.</summary>
    public string? Output { get; set; }

    /// <summary>What the host says of itself for programs.</summary>
    public string RunningFile => Path.Combine(Folder, "state", "running.json");

    public void HostJson(string content) => _folder.Write("host.json", content);

    public void LocalSettings(string content) => _folder.Write("local.settings.json", content);

    public ChildProcess Start() =>
        HostProcess.Start(
            [App, .. PortArguments, "--state", Path.Combine(Folder, "state"), .. Arguments], Settings, Output);

    public void Dispose() => _folder.Dispose();
}
