using System.Text.Json;
using Atrium.Processes;

namespace Atrium.Benchmarks;

/// <summary>The app and its host as a user starts them, on an empty folder and free ports.</summary>
sealed class AppProcess : IAsyncDisposable
{
    static readonly Dictionary<string, string> Settings = new()
    {
        ["LocalStack__ServiceBusPort"] = "0",
        ["LocalStack__TablesPort"] = "0",
        ["LocalStack__KeyVaultPort"] = "0",
        // A line for each attempt would be what is measured.
        ["Logging__LogLevel__Default"] = "Warning",
    };

    readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("load-");
    readonly ChildProcess _process;

    AppProcess(string[] options) => _process = ChildProcess.Start(
        new(
            ChildProcess.DotNet,
            [
                ChildProcess.Built("Host"), ChildProcess.Built("App"), "--port", "0", "--state", _state.FullName,
                .. options,
            ]),
        Settings);

    public HttpClient Http { get; } = new();

    public string ServiceBus { get; private set; } = "";

    /// <summary>Whether it is gone, so that nothing is left to wait for.</summary>
    public bool HasEnded => _process.HasEnded;

    public static async Task<AppProcess> StartAsync(params string[] options)
    {
        var app = new AppProcess(options);
        try
        {
            await app._process.LineAsync("Ctrl-C stops");
            app._process.Heard = Console.Error.WriteLine;
            var running = JsonSerializer.Deserialize<JsonElement>(
                await File.ReadAllTextAsync(Path.Combine(app._state.FullName, "running.json")));
            app.Http.BaseAddress = running.GetProperty("http").Deserialize<Uri>();
            app.ServiceBus = running.GetProperty("serviceBus").GetString()!;
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
        _state.Delete(recursive: true);
    }
}
