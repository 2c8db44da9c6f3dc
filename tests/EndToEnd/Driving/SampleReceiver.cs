using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Atrium.JavaScript;
using Atrium.Processes;

namespace Atrium.EndToEnd;

/// <summary>A program of samples/receivers, as its reader starts it, on a free port.</summary>
internal sealed partial class SampleReceiver : IAsyncDisposable
{
    readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    readonly CancellationTokenSource _ended = new();
    readonly TemporaryFolder _folder = new();
    readonly Task _run;

    SampleReceiver(ProcessStartInfo start) => _run = RunAsync(start);

    /// <summary>Where it listens, by what it prints.</summary>
    public Uri Address { get; private set; } = null!;

    static string Folder => Path.Combine(AppContext.BaseDirectory, "samples");

    /// <param name="sample">The folder of the program.</param>
    /// <param name="secret">What it finds in its environment.</param>
    /// <param name="progress">Is told of an installation of npm packages.</param>
    public static async Task<SampleReceiver> StartAsync(string sample, string secret, Action<string> progress)
    {
        var receiver = new SampleReceiver(await StartInfoAsync(sample, secret, progress));
        receiver.Address = new((await receiver.NextAsync(Listening())).Groups[1].Value);
        return receiver;
    }

    /// <summary>The ids of the events that it acted upon, in their order, up to and with <paramref name="last"/>.
    /// </summary>
    public async Task<IReadOnlyList<string>> ReceivedUntilAsync(string last)
    {
        var received = new List<string>();
        do
        {
            received.Add((await NextAsync(Received())).Groups[1].Value);
        }
        while (received[^1] != last);

        return received;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _run;
        _ended.Dispose();
        _folder.Dispose();
    }

    static async Task<ProcessStartInfo> StartInfoAsync(string sample, string secret, Action<string> progress)
    {
        var start = sample switch
        {
            "csharp" => new ProcessStartInfo("dotnet", [Built("Receiver"), "--port", "0"]),
            "csharp-by-hand" => new("dotnet", [Built("ReceiverByHand"), "--port", "0"]),
            "javascript" => new("node", [Path.Combine(Folder, sample, "receiver.mjs"), "0"]),
            "python" => new("python3", [Path.Combine(Folder, sample, "receiver.py"), "0"]),
            "node-red" => new(
                "node",
                [Path.Combine(AppContext.BaseDirectory, sample, "run.mjs"), Path.Combine(Folder, sample, "flow.json")]),
            _ => throw new ArgumentOutOfRangeException(nameof(sample), sample, "There is no such sample."),
        };
        start.Environment["WEBHOOK_SECRET"] = secret;
        if (sample is "javascript" or "node-red")
        {
            await NpmPackages.InstallAsync(Path.GetDirectoryName(start.ArgumentList[0])!, progress);
        }

        return start;
    }

    static string Built(string project) => ChildProcess.Built("Sample").Replace("{0}", project);

    async Task RunAsync(ProcessStartInfo start)
    {
        start.WorkingDirectory = _folder.Path;
        try
        {
            var result = await DeadlineProcess.RunAsync(start, Patience.Limit, Hear, _ended.Token);
            _lines.Writer.Complete(new InvalidOperationException(
                $"The receiver ended ({result.ExitCode}) and printed:{Environment.NewLine}{result.Output}"));
        }
        catch (OperationCanceledException)
        {
            // What ends every receiver.
        }
        catch (Exception e)
        {
            _lines.Writer.Complete(e);
        }

        Task<string?> Hear(string line)
        {
            _lines.Writer.TryWrite(line);
            return Task.FromResult<string?>(null);
        }
    }

    async Task<Match> NextAsync(Regex sought)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync())
        {
            if (sought.Match(line) is { Success: true } match)
            {
                return match;
            }
        }

        throw new UnreachableException("The channel is completed only with an exception.");
    }

    [GeneratedRegex(@"Listening on (http://\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"Received visitor\.checked_in (\S+)")]
    private static partial Regex Received();
}
