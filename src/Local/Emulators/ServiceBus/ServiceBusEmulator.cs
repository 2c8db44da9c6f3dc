using System.Globalization;
using Amqp.Listener;
using Atrium.Local.Emulators.ServiceBus.Configuration;
using Atrium.Local.Emulators.ServiceBus.Storage;
using Atrium.Local.Emulators.ServiceBus.Wire;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>
/// A Service Bus namespace on the loopback addresses: queues and their dead-letter queues over AMQP 1.0, kept in one
/// SQLite file. A message is acknowledged, and a settlement answered, when it is on disk.
/// </summary>
public sealed partial class ServiceBusEmulator : IAsyncDisposable
{
    /// <summary>
    /// The meter of what the service would bill and throttle by: the counters <c>servicebus.emulator.operations</c>
    /// and <c>servicebus.emulator.credits</c>, tagged with operation and entity.
    /// </summary>
    public const string MeterName = "Atrium.Local.ServiceBus";

    /// <summary>JavaScript clients open a session per link.</summary>
    const ushort MaxSessions = 5000;

    const int MaxLinksPerSession = 256;
    const int MaxFrameSize = 256 * 1024;
    const double SlowestClock = 0.001;
    const double FastestClock = 100_000;

    /// <summary>How long clients may take to answer that the emulator closes.</summary>
    static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    readonly Broker _broker;
    readonly LoopbackTransports _transports;
    readonly ConnectionListener _listener;
    readonly ILogger _logger;
    int _disposed;

    ServiceBusEmulator(Broker broker, LoopbackTransports transports, MessageLimits limits, ILogger logger)
    {
        (_broker, _transports, _logger) = (broker, transports, logger);
        var container = new AmqpContainer(broker, transports, limits);
        _listener = new ConnectionListener(
            string.Create(CultureInfo.InvariantCulture, $"amqp://localhost:{Port}"),
            container)
        { HandlerFactory = _ => container };
        _listener.AMQP.MaxSessionsPerConnection = MaxSessions;
        _listener.AMQP.MaxLinksPerSession = MaxLinksPerSession;
        _listener.AMQP.MaxFrameSize = MaxFrameSize;
        _listener.AMQP.ContainerId = Guid.NewGuid().ToString("N");
        // A broker that can no longer write must not look alive.
        _ = broker.Ended.ContinueWith(
            _ => _listener.Close(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
    }

    /// <summary>The TCP port that it listens on.</summary>
    public int Port => _transports.Port;

    /// <summary>What clients connect with.</summary>
    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture,
        $"Endpoint=sb://localhost:{Port};SharedAccessKeyName={SharedAccessKey.Name};"
        + $"SharedAccessKey={SharedAccessKey.Value};"
        + $"UseDevelopmentEmulator=true;");

    /// <summary>Starts an emulator. What is in its database file is there again, unlocked.</summary>
    /// <param name="options">What to serve, and where to keep it.</param>
    /// <param name="time">The real clock, and the timers.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <returns>The emulator, which takes connections already.</returns>
    /// <exception cref="EmulatorStartException">An option is out of its range, the config file is unusable, the
    /// database file is in use or damaged, or the port is taken.</exception>
    public static async Task<ServiceBusEmulator> StartAsync(
        ServiceBusEmulatorOptions options, TimeProvider time, ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        if (options.ClockSpeed is not (>= SlowestClock and <= FastestClock))
        {
            throw new EmulatorStartException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The Service Bus emulator's clock speed is {options.ClockSpeed}, and must be from {SlowestClock} "
                    + $"to {FastestClock}."));
        }

        // Reading a large store takes a while, which is not the caller's thread's to wait.
        return await Task.Run(
            () => Start(options, time, loggers.CreateLogger<ServiceBusEmulator>()), cancellationToken);
    }

    /// <summary>
    /// Stops taking connections, finishes and answers what was asked before, tells the clients, and closes the database
    /// file.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _transports.Dispose();
        await _broker.DisposeAsync();
        _listener.Close();
        await _transports.CloseConnectionsAsync(ClosePatience);
        Log.Stopped(_logger);
    }

    static ServiceBusEmulator Start(ServiceBusEmulatorOptions options, TimeProvider time, ILogger logger)
    {
        var queues = EmulatorConfig.Load(options.ConfigFile);
        if (options.RealLocks)
        {
            queues = [.. queues.Select(
                queue => queue with { LockDuration = queue.LockDuration * options.ClockSpeed })];
        }

        var transports = new LoopbackTransports(options.Port);
        MessageStore? store = null;
        try
        {
            var broker = Read();
            var emulator = new ServiceBusEmulator(broker, transports, MessageLimits.Of(options.Tier), logger);
            broker.Start();
            emulator._listener.Open();
            transports.Start();
            Log.Started(logger, emulator.Port, queues.Count, options.DatabaseFile);
            return emulator;
        }
        catch
        {
            transports.Dispose();
            store?.Dispose();
            throw;
        }

        Broker Read()
        {
            try
            {
                store = new MessageStore(options.DatabaseFile);
                return new Broker(
                    queues, store, new OperationMeter(transports.Port),
                    options.StandardLimits ? LoadLimits.Standard : LoadLimits.None, options.ClockSpeed, time, logger)
                {
                    LocksEndWithLink = options.LocksEndWithLink,
                };
            }
            catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
            {
                throw new DatabaseFile("The Service Bus emulator", options.DatabaseFile, "empty queues")
                    .Refused(unreadable);
            }
        }
    }

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Information,
            "The Service Bus emulator listens on port {Port}; {Queues} queues, kept in {DatabaseFile}")]
        public static partial void Started(ILogger logger, int port, int queues, string databaseFile);

        [LoggerMessage(2, LogLevel.Information, "The Service Bus emulator has stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
