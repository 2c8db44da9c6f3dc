using Atrium.Local.Host.Http;
using Atrium.Local.Host.ServiceBus;
using Atrium.Local.Host.Settings;
using Atrium.Local.Host.Timers;
using Atrium.Local.Host.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Atrium.Local.Host;

/// <summary>
/// The triggers around a worker. The order is the point: the worker is ready before the first trigger pulls, and goes
/// on until the last function has ended.
/// </summary>
internal sealed partial class FunctionsHost : IAsyncDisposable
{
    /// <summary>
    /// How long functions may go on after the stop before they are cancelled. The app's longest step, one delivery
    /// attempt, has a deadline below it; and container platforms commonly send the kill signal 30 s after the stop.
    /// Azure gives that time when it scales in.
    /// </summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long functions may take to notice that they are cancelled before they are left behind, or their worker is
    /// ended.
    /// </summary>
    public static readonly TimeSpan GraceTime = TimeSpan.FromSeconds(5);

    readonly CancellationTokenSource _cutOff = new();
    readonly CancellationTokenSource _triggeredCutOff;
    readonly bool _stopCancels;
    readonly FunctionKeys _keys;
    readonly WebApplication _web;
    readonly IReadOnlyList<HttpFunction> _httpFunctions;
    readonly IReadOnlyList<ITriggerLoop> _loops;
    readonly IReadOnlyList<ITriggerLoop> _enabled;
    readonly ServiceBusClients _clients;
    readonly RequestForwarding _forwarding;
    readonly TimeProvider _time;
    readonly ILogger<FunctionsHost> _logger;

    /// <exception cref="HostStartException">A function, or a setting that it names, is not one that can be
    /// served.</exception>
    public FunctionsHost(
        RunningWorker first, WorkerSupervisor workers, RunningMessages messages, FunctionsPort port,
        LocalSettings local, HostJson hostJson, IConfiguration settings, string state, bool stopCancels,
        ILoggerFactory loggers, TimeProvider time)
    {
        (_stopCancels, _time) = (stopCancels, time);
        _logger = loggers.CreateLogger<FunctionsHost>();
        _triggeredCutOff = CancellationTokenSource.CreateLinkedTokenSource(_cutOff.Token);
        var functions = first.Functions;
        var disabled = functions.Select(function => function.Name)
            .Where(name => DisabledFunctions.Has(settings, name)).ToHashSet();
        foreach (var name in disabled)
        {
            Log.Disabled(_logger, name, DisabledFunctions.SettingOf(name));
        }

        _keys = new(settings);
        _clients = new(settings, hostJson.ServiceBus);
        _httpFunctions =
        [
            .. functions.Where(function => function.Has(HttpFunction.Trigger) && !disabled.Contains(function.Name))
                .Select(function => new HttpFunction(function, hostJson.RoutePrefix)),
        ];

        if (first.Http is null && _httpFunctions is [var one, ..])
        {
            throw one.Function.Refused(
                "the app takes no HTTP. Call builder.ConfigureFunctionsWebApplication() before it is built.");
        }

        var triggered = Invoker(_triggeredCutOff.Token);
        var loops = functions.Where(function => !function.Has(HttpFunction.Trigger))
            .Select(function => (function.Name, Loop: Loop(function))).ToList();
        _loops = [.. loops.Select(of => of.Loop)];
        _enabled = [.. loops.Where(of => !disabled.Contains(of.Name)).Select(of => of.Loop)];

        var builder = WebServers.Create(loggers);
        port.Listen(builder.WebHost);
        builder.Services.AddCors().AddHttpForwarder();
        _web = builder.Build();
        WebServers.UseLocalCors(_web, local);
        _forwarding = new(
            workers, Invoker(_cutOff.Token), _keys, _web.Services.GetRequiredService<IHttpForwarder>(), time,
            loggers.CreateLogger<RequestForwarding>(), _cutOff.Token);
        UnknownRoutes.Answer(_web, loggers.CreateLogger(typeof(UnknownRoutes)));
        HttpFunctionRoutes.Map(_web, _httpFunctions, _forwarding);
        BuiltInReceiver.Map(_web, time);
        // A disabled function can still be run by hand, as at the real host.
        TimerAdmin.Map(_web, [.. _loops.OfType<TimerLoop>()], _keys);

        FunctionInvoker Invoker(CancellationToken cutOff) => new(
            workers, hostJson.FunctionTimeout, time, loggers.CreateLogger<FunctionInvoker>(), cutOff);

        ITriggerLoop Loop(Function function) => function switch
        {
            _ when function.Has(TimerLoop.Trigger) => new TimerLoop(
                function, settings, Path.Combine(state, "timers"), triggered.InvokeAsync, time),
            _ when function.Has(QueueTrigger.Trigger) => new QueueLoop(
                function, QueueTrigger.Read(function, settings, hostJson.ServiceBus), _clients, messages,
                triggered.InvokeAsync, time, loggers.CreateLogger<QueueLoop>()),
            _ => throw function.Refused(
                $"the local host has no {function.Trigger}. It has HTTP, timers and Service Bus queues."),
        };
    }

    /// <summary>Whether functions above Anonymous ask for a key.</summary>
    public bool AsksForKeys => _keys.Any;

    /// <summary>Where the host listens; known once it has started.</summary>
    public Uri Address => new UriBuilder(WebServers.Addresses(_web)[0]) { Host = "localhost" }.Uri;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _web.StartAsync(cancellationToken);
        foreach (var loop in _enabled)
        {
            loop.Open();
        }

        await Task.WhenAll(_enabled.Select(loop => loop.StartAsync()));
    }

    /// <summary>Lists the functions; the host has started.</summary>
    public void List(TextWriter output) => FunctionListing.Write(output, Address, _httpFunctions, _enabled);

    /// <summary>Stops pulling and accepting, and waits for the functions that run.</summary>
    /// <param name="impatient">When cancelled, the functions are cut off without waiting longer.</param>
    public async Task StopAsync(CancellationToken impatient)
    {
        Log.Stopping(_logger, DrainTime.TotalSeconds);
        using var drained = new CancellationTokenSource(DrainTime, _time);
        using var given = new CancellationTokenSource(DrainTime + GraceTime, _time);
        if (_stopCancels)
        {
            // Before they stop, as Azure's triggers do: what comes until then finds its token cancelled.
            await _triggeredCutOff.CancelAsync();
        }

        // Begun first, so that what is cut off is not received again at once.
        var stopping = Task.WhenAll(
            _loops.Select(loop => loop.StopAsync(given.Token)).Append(StopServerAsync(given.Token)));
        using var cut = drained.Token.Register(_cutOff.Cancel);
        using var now = impatient.Register(() =>
        {
            _cutOff.Cancel();
            given.CancelAfter(GraceTime);
        });
        try
        {
            await stopping;
        }
        catch (OperationCanceledException) when (given.IsCancellationRequested)
        {
            Log.LeftBehind(_logger);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var loop in _loops)
        {
            await loop.DisposeAsync();
        }

        await _clients.DisposeAsync();
        await _web.DisposeAsync();
        _forwarding.Dispose();
        _triggeredCutOff.Dispose();
        _cutOff.Dispose();
    }

    // Kestrel accepts no more, ends idle connections, and waits for requests.
    Task StopServerAsync(CancellationToken giveUp) => _web.Services.GetRequiredService<IServer>().StopAsync(giveUp);

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Information,
            "Stopping: nothing new is started, and what runs has {DrainSeconds} s to end. "
            + "Ctrl-C again does not wait for it.")]
        public static partial void Stopping(ILogger logger, double drainSeconds);

        [LoggerMessage(
            2, LogLevel.Warning, "Some functions did not end although they were cancelled; they are left behind.")]
        public static partial void LeftBehind(ILogger logger);

        [LoggerMessage(
            3, LogLevel.Warning, "Function {Function} is disabled by the setting {Setting}: its trigger does nothing.")]
        public static partial void Disabled(ILogger logger, string function, string setting);
    }
}
