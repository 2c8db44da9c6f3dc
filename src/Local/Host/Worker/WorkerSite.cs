namespace Atrium.Local.Host.Worker;

/// <summary>What every worker of a host is started with.</summary>
/// <param name="App">The app's assembly.</param>
/// <param name="ScriptRoot">The folder of host.json, where the worker reads the prefix of the HTTP routes.</param>
/// <param name="Endpoint">Where the worker calls.</param>
/// <param name="Settings">The app's settings, as environment variables.</param>
internal sealed record WorkerSite(
    string App, string ScriptRoot, Uri Endpoint, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The longest message either way: as long as one may be, as under the real host.</summary>
    public const int MaxMessageLength = int.MaxValue;

    /// <summary>Whether the worker begins when a debugger is attached, however long that takes.</summary>
    public bool WaitsForDebugger => Settings.ContainsKey(StartupHook.WaitVariable);

    public IEnumerable<string> Arguments(string workerId) =>
    [
        "--functions-uri", Endpoint.AbsoluteUri, "--functions-worker-id", workerId,
        "--functions-request-id", Guid.NewGuid().ToString(),
        "--functions-grpc-max-message-length", $"{MaxMessageLength}",
    ];

    const string ProfiledCode = "DOTNET_TieredPGO";

    public IEnumerable<KeyValuePair<string, string>> Environment =>
    [
        // The default is the host's. A setting can change it.
        new(ProfiledCode, System.Environment.GetEnvironmentVariable(ProfiledCode) ?? "0"),
        .. Settings,
        // Without the first, the worker's HTTP part does not start.
        new("FUNCTIONS_APPLICATION_DIRECTORY", ScriptRoot),
        new("FUNCTIONS_WORKER_DIRECTORY", ScriptRoot),
        new("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated"),
    ];
}
