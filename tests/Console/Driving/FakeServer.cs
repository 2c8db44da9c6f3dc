using System.Diagnostics;
using Atrium.JavaScript;

namespace Atrium.BrowserTests;

/// <summary>
/// The page's own fake server (src/Console/fake.mjs) with the committed bundle, for what is hard to bring about.
/// </summary>
public sealed class FakeServer : IAsyncLifetime, IDisposable
{
    // Longer than the tests may take.
    static readonly TimeSpan Deadline = TimeSpan.FromHours(5);

    readonly CancellationTokenSource _ended = new();
    readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Task? _run;

    public Uri Address => _address.Task.Result;

    public async Task InitializeAsync()
    {
        var start = new ProcessStartInfo("node", [Repository.PathOf("src", "Console", "fake.mjs")]);
        start.Environment["PORT"] = "0";
        _run = RunAsync(start);
        await _address.Task;
    }

    public async Task DisposeAsync()
    {
        await _ended.CancelAsync();
        await _run!;
    }

    public void Dispose() => _ended.Dispose();

    async Task RunAsync(ProcessStartInfo start)
    {
        try
        {
            var result = await DeadlineProcess.RunAsync(start, Deadline, Hear, _ended.Token);
            _address.TrySetException(new InvalidOperationException($"The fake server ended: {result.Output}"));
        }
        catch (OperationCanceledException)
        {
            // What ends it.
        }
        catch (Exception e)
        {
            _address.TrySetException(e);
        }

        // The first line: http://localhost:8010/api/console/#tenant=demo
        Task<string?> Hear(string line)
        {
            _address.TrySetResult(new Uri(new Uri(line), "/"));
            return Task.FromResult<string?>(null);
        }
    }
}
