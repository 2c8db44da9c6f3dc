using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Atrium.Benchmarks;

/// <summary>The app and its host as a user starts them, on an empty folder and free ports.</summary>
sealed class AppProcess : IAsyncDisposable
{
    readonly DirectoryInfo _state;
    readonly Process _process;

    AppProcess(DirectoryInfo state, Process process, JsonElement running)
    {
        (_state, _process) = (state, process);
        Http = new() { BaseAddress = running.GetProperty("http").Deserialize<Uri>() };
        ServiceBus = running.GetProperty("serviceBus").GetString()!;
    }

    public HttpClient Http { get; }

    public string ServiceBus { get; }

    /// <summary>Whether it is gone, so that nothing is left to wait for.</summary>
    public bool HasEnded => _process.HasExited;

    public static async Task<AppProcess> StartAsync(params string[] options)
    {
        var state = Directory.CreateTempSubdirectory("load-");
        var start = new ProcessStartInfo(
            "dotnet", [Built("Host"), Built("App"), "--port", "0", "--state", state.FullName, .. options])
        {
            RedirectStandardOutput = true,
        };
        foreach (var port in new[] { "ServiceBusPort", "TablesPort", "KeyVaultPort" })
        {
            start.Environment[$"LocalStack__{port}"] = "0";
        }

        // A line for each attempt would be what is measured.
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Ctrl-C stops", StringComparison.Ordinal))
            {
                _ = PassOnAsync(process.StandardOutput);
                return new(
                    state, process,
                    JsonSerializer.Deserialize<JsonElement>(
                        await File.ReadAllTextAsync(Path.Combine(state.FullName, "running.json"))));
            }
        }

        throw new InvalidOperationException("The app ended before it was ready. What it said is above.");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _state.Delete(recursive: true);
    }

    // Left unread, the pipe would fill up and hold the app.
    static async Task PassOnAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            Console.Error.WriteLine(line);
        }
    }

    static string Built(string what) =>
        typeof(AppProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == what).Value!;
}
