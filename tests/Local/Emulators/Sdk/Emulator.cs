using Atrium.Local.Emulators.ServiceBus;
using Atrium.Processes;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Emulators.Tests.Sdk;

/// <summary>
/// A broker of the test's own, on a port that it keeps, with its store in a folder that goes away with it.
/// </summary>
sealed class Emulator : IAsyncDisposable
{
    public const string Queue = "plain";
    public const string Detecting = "detecting";
    public const string Expiring = "expiring";
    public const string Stormy = "stormy";
    public const string Small = "small";

    const string Config = """
        { "UserConfig": { "Namespaces": [ { "Name": "sbemulatorns", "Queues": [
          { "Name": "plain", "Properties": { "LockDuration": "PT1M", "MaxDeliveryCount": 3 } },
          { "Name": "detecting", "Properties": { "LockDuration": "PT1M", "MaxDeliveryCount": 10,
            "RequiresDuplicateDetection": true, "DuplicateDetectionHistoryTimeWindow": "PT5M" } },
          { "Name": "expiring", "Properties": { "DeadLetteringOnMessageExpiration": true } },
          { "Name": "stormy", "Properties": { "LockDuration": "PT5M", "MaxDeliveryCount": 1000 } },
          { "Name": "small", "Properties": { "MaxSizeInMegabytes": 1 } }
        ] } ], "Logging": { "Type": "Console" } } }
        """;

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sb-client-");
    readonly double _clockSpeed;
    readonly bool _locksEndWithLink;
    ServiceBusEmulator? _running;

    Emulator(double clockSpeed, bool locksEndWithLink) =>
        (_clockSpeed, _locksEndWithLink) = (clockSpeed, locksEndWithLink);

    public int Port { get; } = LastingPort.Next();

    public string ConnectionString { get; private set; } = "";

    public static async Task<Emulator> StartAsync(double clockSpeed = 1, bool locksEndWithLink = false)
    {
        var emulator = new Emulator(clockSpeed, locksEndWithLink);
        await File.WriteAllTextAsync(emulator.ConfigFile, Config);
        await emulator.StartAgainAsync();
        return emulator;
    }

    /// <summary>Starts on the same store and the same port.</summary>
    public async Task StartAgainAsync()
    {
        var options = new ServiceBusEmulatorOptions
        {
            ConfigFile = ConfigFile,
            DatabaseFile = Path.Combine(_folder.FullName, "bus.db"),
            Port = Port,
            ClockSpeed = _clockSpeed,
            LocksEndWithLink = _locksEndWithLink,
        };
        _running = await ServiceBusEmulator.StartAsync(
            options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        ConnectionString = _running.ConnectionString;
    }

    public async Task StopAsync()
    {
        if (_running is not null) await _running.DisposeAsync();
        _running = null;
    }

    public ServiceBusClient Client(ServiceBusRetryOptions? retries = null) =>
        new(ConnectionString, new ServiceBusClientOptions { RetryOptions = retries ?? new ServiceBusRetryOptions() });

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    string ConfigFile => Path.Combine(_folder.FullName, "config.json");
}
