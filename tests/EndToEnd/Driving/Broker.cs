using Atrium.Local.Emulators.ServiceBus;
using Atrium.Processes;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.EndToEnd;

/// <summary>
/// Service Bus in the test's own process: it outlives an app that is killed, locks and all, and is filled and looked at
/// while no app runs.
/// </summary>
internal sealed class Broker : IAsyncDisposable
{
    // Settlements under way at a time; the emulator commits those that come together at once.
    const int Concurrency = 64;

    const int BatchSize = 500;

    // What of these tests' messages is surely within the 256 KB of a batch.
    const int SentAtOnce = 100;

    readonly Func<int, Task<ServiceBusEmulator>> _start;
    readonly ServiceBusClient _client;
    ServiceBusEmulator _emulator;

    Broker(Func<int, Task<ServiceBusEmulator>> start, ServiceBusEmulator emulator)
    {
        (_start, _emulator) = (start, emulator);
        _client = new ServiceBusClient(emulator.ConnectionString);
    }

    public int Port => _emulator.Port;

    /// <summary>The setting that leads the app here.</summary>
    public (string Name, string Value) Setting => ("ServiceBus", _emulator.ConnectionString);

    /// <param name="folder">The folder of its data.</param>
    /// <param name="lockDuration">How long the app's queues lock messages, as config.json has it.</param>
    /// <param name="time">Its clock, by which it marks when messages came; the machine's when it is left out.</param>
    /// <param name="clockSpeed">How fast its waits pass, but for locks.</param>
    /// <param name="partitions">How many partitions each queue has; 1 is none.</param>
    /// <param name="standardLimits">Whether it throttles as the Standard tier does.</param>
    public static async Task<Broker> StartAsync(
        TemporaryFolder folder, string lockDuration = "PT1M", TimeProvider? time = null, int clockSpeed = 1,
        int partitions = 1, bool standardLimits = false)
    {
        var queues = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "config.json"));
        var config = Path.Combine(folder.Path, "config.json");
        await File.WriteAllTextAsync(
            config,
            queues.Replace(
                "\"LockDuration\": \"PT1M\"",
                $"\"LockDuration\": \"{lockDuration}\", \"Partitions\": {partitions}", StringComparison.Ordinal));
        return new Broker(StartOnAsync, await StartOnAsync(LastingPort.Next()));

        Task<ServiceBusEmulator> StartOnAsync(int port) => ServiceBusEmulator.StartAsync(
            new ServiceBusEmulatorOptions
            {
                ConfigFile = config,
                DatabaseFile = Path.Combine(folder.Path, "servicebus.db"),
                Port = port,
                ClockSpeed = clockSpeed,
                RealLocks = true,
                StandardLimits = standardLimits,
            },
            time ?? TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None);
    }

    /// <summary>
    /// Is gone until the result is disposed, and then begins again where it was: whatever was locked is no longer.
    /// </summary>
    public async Task<IAsyncDisposable> GoneAsync()
    {
        var port = _emulator.Port;
        await _emulator.DisposeAsync();
        return new Absence(async () => _emulator = await _start(port));
    }

    /// <summary>Sends messages to a queue.</summary>
    /// <returns>How many they were.</returns>
    public async Task<int> SendAsync(string queue, IEnumerable<ServiceBusMessage> messages)
    {
        await using var sender = _client.CreateSender(queue);
        var sent = 0;
        foreach (var batch in messages.Chunk(SentAtOnce))
        {
            await sender.SendMessagesAsync(batch);
            sent += batch.Length;
        }

        return sent;
    }

    /// <summary>
    /// Sends messages to a queue that nobody receives from, and moves them into its dead-letter queue.
    /// </summary>
    public async Task PutDeadLettersAsync(string queue, IEnumerable<ServiceBusMessage> messages, string reason)
    {
        await using var receiver = _client.CreateReceiver(queue);
        var left = await SendAsync(queue, messages);
        while (left > 0)
        {
            // No more than are moved at once: the locks of others would run out meanwhile.
            var received = await receiver.ReceiveMessagesAsync(Concurrency, TimeSpan.FromSeconds(30));
            var moved = await Task.WhenAll(received.Select(message => PutDeadLetterAsync(receiver, message, reason)));
            left -= moved.Count(isMoved => isMoved);
        }
    }

    /// <returns>False when its lock was lost: it comes again.</returns>
    static async Task<bool> PutDeadLetterAsync(
        ServiceBusReceiver receiver, ServiceBusReceivedMessage message, string reason)
    {
        try
        {
            await receiver.DeadLetterMessageAsync(message, reason, "Put there by a test.");
            return true;
        }
        catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.MessageLockLost)
        {
            return false;
        }
    }

    /// <summary>All dead letters of a queue, in order.</summary>
    public async Task<IReadOnlyList<ServiceBusReceivedMessage>> DeadLettersAsync(string queue)
    {
        await using var receiver = _client.CreateReceiver(
            queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var found = new List<ServiceBusReceivedMessage>();
        while (await receiver.PeekMessagesAsync(
            BatchSize, found is [.., var last] ? last.SequenceNumber + 1 : 0) is { Count: > 0 } page)
        {
            found.AddRange(page);
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    sealed class Absence(Func<Task> end) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(end());
    }
}
