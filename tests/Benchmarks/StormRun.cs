using System.Diagnostics;
using System.Globalization;
using Atrium.Local.Emulators.Tests.Sdk;
using Azure.Messaging.ServiceBus;

namespace Atrium.Benchmarks;

/// <summary>The long storm: half of the receives end by their time, half by being cancelled.</summary>
static class StormRun
{
    public const int DefaultReceives = 100_000;
    public const int DefaultSeed = 1;

    /// <summary>
    /// A queue of the shipped configuration that does not count ten deliveries before the storm is over: its locks
    /// last a minute.
    /// </summary>
    const string Queue = "deliveries";

    /// <summary>
    /// A lock of a minute ends in 3 s, which is how long a message takes that a cancelled call has forgotten.
    /// </summary>
    const string FastClock = "20";

    // Shorter than a lock of a minute, after whose end what stood still would come again.
    static readonly TimeSpan StandStill = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(int receives, int seed)
    {
        await RunAsync(receives / 2, seed, cancels: false, "1");
        await RunAsync(receives - (receives / 2), seed, cancels: true, FastClock);
        return 0;
    }

    static async Task RunAsync(int receives, int seed, bool cancels, string clockSpeed)
    {
        await using var emulator = await EmulatorProcess.StartAsync(clockSpeed);
        await using var client = new ServiceBusClient(emulator.ConnectionString);
        await using var storm = new ReceiveStorm(client, Queue, cancels, StandStill, seed);
        var watch = Stopwatch.StartNew();
        await storm.RunAsync(receives, line => Console.WriteLine($"{line}, cancelled: {cancels}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"No message stood still, was lost or doubled: {receives} receives in {watch.Elapsed.TotalSeconds:0} s."));
    }
}
