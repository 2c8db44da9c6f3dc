using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Azure.Functions.Worker.Hosting.Http;
using Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>
/// The app and the triggers around it. The order is the point: everything that the app starts runs before the first trigger pulls, and goes on
/// running until the last function has ended.
/// </summary>
internal sealed partial class FunctionsHost(
    WebApplication web,
    LoopbackPort port,
    IReadOnlyList<HttpFunction> httpFunctions,
    IReadOnlyList<ITriggerLoop> loops,
    ServiceBusClients clients,
    bool locked,
    TextWriter output,
    CancellationTokenSource cutOff,
    TimeProvider time) : IHost, IAsyncDisposable
{
    /// <summary>
    /// How long functions may go on after the stop before their tokens are cancelled. The app's longest step, one delivery attempt, has a
    /// deadline below it; and container platforms commonly send the kill signal 30 s after the stop.
    /// </summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    /// <summary>How long functions may take to notice their cancelled tokens before they are left behind.</summary>
    public static readonly TimeSpan GraceTime = TimeSpan.FromSeconds(5);

    readonly ILogger<FunctionsHost> _logger = web.Services.GetRequiredService<ILogger<FunctionsHost>>();
    int _stopped;

    public IServiceProvider Services => web.Services;

    /// <summary>Where the host listens; known once it has started.</summary>
    public Uri Address => new(web.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal));

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        port.RefuseWhenTaken();
        try
        {
            await web.StartAsync(cancellationToken);
            foreach (var loop in loops)
            {
                loop.Open();
            }
        }
        catch (Exception failure)
        {
            await StopAsync(CancellationToken.None);
            throw Explained(failure);
        }

        foreach (var loop in loops)
        {
            loop.Start();
        }

        FunctionListing.Write(output, Address, httpFunctions, loops, locked);
    }

    /// <summary>Stops pulling and accepting, waits for the functions that run, then stops what the app has started.</summary>
    /// <param name="cancellationToken">When cancelled, the functions are cut off without waiting longer.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1)
        {
            return;
        }

        Log.Stopping(_logger, DrainTime);
        await DrainAsync(cancellationToken);
        foreach (var loop in loops)
        {
            await loop.DisposeAsync();
        }

        await clients.DisposeAsync();

        await web.StopAsync(cancellationToken);
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        cutOff.Dispose();
    }

    async Task DrainAsync(CancellationToken impatient)
    {
        using var drained = new CancellationTokenSource(DrainTime, time);
        using var given = new CancellationTokenSource(DrainTime + GraceTime, time);
        using var cut = drained.Token.Register(cutOff.Cancel);
        using var now = impatient.Register(() =>
        {
            cutOff.Cancel();
            given.CancelAfter(GraceTime);
        });
        try
        {
            await Task.WhenAll(loops.Select(loop => loop.StopAsync(given.Token)).Append(StopServerAsync(given.Token)));
        }
        catch (OperationCanceledException) when (given.IsCancellationRequested)
        {
            Log.LeftBehind(_logger);
        }
    }

    // Kestrel accepts no more, ends idle connections, and waits for requests; the app's stop finds it stopped.
    Task StopServerAsync(CancellationToken giveUp) => web.Services.GetRequiredService<IServer>().StopAsync(giveUp);

    Exception Explained(Exception failure) => failure switch
    {
        IOException { InnerException: AddressInUseException } => port.Taken(failure),
        OperationCanceledException when web.Lifetime.ApplicationStopping.IsCancellationRequested =>
            new HostStartException("The host was told to stop before it had started. Nothing is wrong; start it again when you want it.", failure),
        _ => failure,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Stopping: nothing new is started, and what runs has {DrainTime} to end.")]
        public static partial void Stopping(ILogger logger, TimeSpan drainTime);

        [LoggerMessage(2, LogLevel.Warning, "Some functions did not end although their tokens were cancelled; they are left behind.")]
        public static partial void LeftBehind(ILogger logger);
    }
}
