using Atrium.Local.Emulators.ServiceBus;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Local.Emulators.Tests.ServiceBus;

/// <summary>
/// An emulator in the test's own process, on a free port, with a clock that stands until it is moved.
/// </summary>
sealed class RunningEmulator(StateFolder folder) : IAsyncDisposable
{
    ServiceBusEmulator? _emulator;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 4, 15, 9, 30, 0, TimeSpan.Zero));

    public StateFolder Folder => folder;

    public ServiceBusEmulator Emulator => _emulator!;

    ServiceBusTier Tier { get; init; }

    bool StandardLimits { get; init; }

    bool RealLocks { get; init; }

    bool LocksEndWithLink { get; init; }

    public static async Task<RunningEmulator> StartAsync(
        string? queues = null, double clockSpeed = 1, ServiceBusTier tier = ServiceBusTier.Standard,
        bool standardLimits = false, bool realLocks = false, bool locksEndWithLink = false)
    {
        var running = new RunningEmulator(new StateFolder(queues))
        {
            Tier = tier,
            StandardLimits = standardLimits,
            RealLocks = realLocks,
            LocksEndWithLink = locksEndWithLink,
        };
        await running.StartAsync(clockSpeed);
        return running;
    }

    public async Task StartAsync(double clockSpeed = 1) => _emulator = await ServiceBusEmulator.StartAsync(
        new ServiceBusEmulatorOptions
        {
            ConfigFile = folder.ConfigFile,
            DatabaseFile = folder.DatabaseFile,
            Port = 0,
            ClockSpeed = clockSpeed,
            Tier = Tier,
            StandardLimits = StandardLimits,
            RealLocks = RealLocks,
            LocksEndWithLink = LocksEndWithLink,
        },
        Time,
        NullLoggerFactory.Instance,
        CancellationToken.None);

    public async Task RestartAsync(double clockSpeed = 1)
    {
        await Emulator.DisposeAsync();
        await StartAsync(clockSpeed);
    }

    /// <summary>The genuine client.</summary>
    public ServiceBusClient Client(ServiceBusRetryOptions? retries = null) => new(
        Emulator.ConnectionString,
        new ServiceBusClientOptions { RetryOptions = retries ?? new ServiceBusRetryOptions() });

    public Task<AmqpPeer> ConnectAsync() => AmqpPeer.ConnectAsync(Emulator.Port);

    public async ValueTask DisposeAsync()
    {
        if (_emulator is not null)
        {
            await _emulator.DisposeAsync();
        }

        folder.Dispose();
    }
}
