using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Azure.Messaging.ServiceBus;

namespace Atrium.Benchmarks;

/// <summary>Events that are sent for a while, and what becomes of those that are awaited.</summary>
/// <param name="sender">Sends to the queue of events.</param>
/// <param name="arrived">When each event came first, by its name; kept by the receiver.</param>
sealed class Round(ServiceBusSender sender, ConcurrentDictionary<string, long> arrived)
{
    /// <summary>Nothing healthy takes so long; a message that stands still is lost time without end.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    readonly Dictionary<string, long> _sent = [];

    /// <summary>Events that are awaited.</summary>
    public int Sent => _sent.Count;

    /// <summary>Sends what is due, and lets a moment pass.</summary>
    public async Task SendAsync(
        IReadOnlyCollection<ServiceBusMessage> awaited, IEnumerable<ServiceBusMessage> others)
    {
        foreach (var message in awaited)
        {
            _sent[message.MessageId] = Stopwatch.GetTimestamp();
        }

        foreach (var some in awaited.Concat(others).Chunk(100))
        {
            await sender.SendMessagesAsync(some);
        }

        await Task.Delay(Tick, TimeProvider.System);
    }

    /// <summary>Waits for what is awaited, and tells how long it took.</summary>
    /// <returns>Whether all came.</returns>
    public async Task<bool> EndAsync(string name)
    {
        while (!_sent.Keys.All(arrived.ContainsKey) && LastArrival() < Patience)
        {
            await Task.Delay(Tick, TimeProvider.System);
        }

        var took = _sent.Where(one => arrived.ContainsKey(one.Key))
            .Select(one => Stopwatch.GetElapsedTime(one.Value, arrived[one.Key]).TotalMilliseconds)
            .Order()
            .ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {took.Count} of {_sent.Count}, p50 {At(took, 0.5):0} ms, p99 {At(took, 0.99):0} ms, "
            + $"worst {At(took, 1):0} ms"));
        return took.Count == _sent.Count;
    }

    TimeSpan LastArrival() =>
        Stopwatch.GetElapsedTime(Math.Max(arrived.Values.DefaultIfEmpty().Max(), _sent.Values.Max()));

    static double At(List<double> sorted, double share) =>
        sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];
}
