using System.Diagnostics;

namespace Atrium.Local.Emulators.Azurite;

/// <summary>
/// One running process of host.js. It ends when its standard input does, so it never outlives this process.
/// </summary>
internal sealed class AzuriteProcess : IDisposable
{
    // A cold disk, a busy machine and a predecessor that still saves (15 s in host.js). One that has ended is noticed
    // at once.
    static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    // It drains for 3 s at most, then writes one file.
    static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);

    readonly Process process;
    readonly RecentLines output = new();
    readonly TaskCompletionSource<AzuriteReport?> report = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TimeProvider clock;

    AzuriteProcess(Process process, Action<string> onComplaint, TimeProvider clock)
    {
        this.process = process;
        this.clock = clock;
        Id = process.Id;
        Ended = ReadToEndAsync(onComplaint);
    }

    public int Id { get; }

    public int Port { get; private set; }

    /// <summary>Ends when the process has; gives its exit code and its last words.</summary>
    public Task<(int ExitCode, string LastOutput)> Ended { get; }

    /// <param name="node">What runs it.</param>
    /// <param name="installation">The folder of the installation.</param>
    /// <param name="dataFolder">The folder for the tables.</param>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <param name="onComplaint">Gets each line of its standard error when it comes.</param>
    /// <param name="clock">The clock of waiting.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="EmulatorStartException">It does not serve: the message says why.</exception>
    public static async Task<AzuriteProcess> StartAsync(
        NodeJs node, string installation, string dataFolder, int port, Action<string> onComplaint, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var process = Command.Start(new ProcessStartInfo(
            node.Node,
            [
                // Which old calls its packages make is no concern of who runs it.
                "--no-deprecation",
                Path.Combine(AzuriteInstallation.Source, "host.js"), installation, dataFolder, $"{port}",
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        var azurite = new AzuriteProcess(process, onComplaint, clock);
        try
        {
            azurite.Port = await azurite.ReadPortAsync(dataFolder, port, cancellationToken);
            return azurite;
        }
        catch
        {
            await azurite.StopAsync();
            azurite.Dispose();
            throw;
        }
    }

    /// <summary>Lets it answer what it has begun and save, and waits until it has ended.</summary>
    public async Task StopAsync()
    {
        process.StandardInput.Close();
        try
        {
            await Ended.WaitAsync(StopPatience, clock);
        }
        catch (TimeoutException)
        {
            process.Kill();
            await Ended;
        }
    }

    public void Dispose() => process.Dispose();

    async Task<int> ReadPortAsync(string dataFolder, int port, CancellationToken cancellationToken)
    {
        try
        {
            return await report.Task.WaitAsync(StartPatience, clock, cancellationToken) switch
            {
                { Error: null } serving => serving.Port,
                { PortTaken: true } => throw LoopbackPort.Taken(
                    EmulatorPort.Tables, port, "it is taken, or not allowed"),
                { IsDamaged: true, Error: var error } => throw new EmulatorStartException(
                    $"Azurite cannot use its tables in {dataFolder}, which are damaged ({error}): move the folder away "
                        + "to start with empty tables."),
                { Error: var error } => throw new EmulatorStartException(
                    $"Azurite cannot start: {error}. Its data is in {dataFolder}; stop what else uses that, or choose "
                        + "another folder."),
                null => throw new EmulatorStartException($"Azurite ended while it was starting. It said: {output}"),
            };
        }
        catch (TimeoutException)
        {
            throw new EmulatorStartException(
                $"Azurite did not start within {StartPatience.TotalMinutes:0} minutes. It said: {output}");
        }
    }

    async Task<(int ExitCode, string LastOutput)> ReadToEndAsync(Action<string> onComplaint)
    {
        await Task.WhenAll(
            ReadLinesAsync(process.StandardOutput, _ => { }), ReadLinesAsync(process.StandardError, onComplaint));
        await process.WaitForExitAsync();
        report.TrySetResult(null);
        return (process.ExitCode, output.ToString());
    }

    async Task ReadLinesAsync(StreamReader reader, Action<string> onLine)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (AzuriteReport.Parse(line) is { } reported)
            {
                report.TrySetResult(reported);
            }
            else
            {
                output.Add(line);
                onLine(line);
            }
        }
    }
}
