using System.Diagnostics;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Durability;

/// <summary>The emulator as a process of its own, which can be killed.</summary>
sealed class EmulatorProcess : IDisposable
{
    const string Ready = "Service Bus emulator: ";

    readonly Process _process;

    EmulatorProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<EmulatorProcess> StartAsync(StateFolder folder)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "Atrium.Local.Emulators.dll"),
                "--only", "servicebus", "--port", "0", "--state", folder.Path, "--config", folder.ConfigFile,
            },
        };
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                var endpoint = line[Ready.Length..].Split(';')[0]["Endpoint=".Length..];
                return new EmulatorProcess(process, new Uri(endpoint).Port);
            }
        }

        throw new InvalidOperationException("The emulator ended before it was ready; what it said stands above.");
    }

    /// <summary>kill -9, and waits until nothing of it is left.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
