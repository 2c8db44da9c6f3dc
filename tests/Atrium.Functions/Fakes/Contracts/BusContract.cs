using Atrium.Local.Emulators.ServiceBus;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Fakes.Contracts;

/// <summary>Calls to a queue, and to another that drops what expires.</summary>
public abstract class BusContract
{
    /// <summary>With duplicate detection, locks of a minute, and ten deliveries.</summary>
    public const string Queue = "deliveries";

    /// <summary>The same, but that what expires is no dead letter.</summary>
    public const string Dropping = "dropping";

    /// <summary>How long a lock lasts.</summary>
    protected static readonly TimeSpan Lock = TimeSpan.FromMinutes(1);

    protected FakeTimeProvider Time { get; } = new(Some.Time);

    protected abstract ServiceBusClient Bus { get; }

    protected ServiceBusReceiver DeadLetters(string queue = Queue) =>
        Bus.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });

    protected async Task SendAsync(
        string id, string body, Action<ServiceBusMessage>? change = null, string queue = Queue)
    {
        var message = Message(id, body);
        change?.Invoke(message);
        await using var sender = Bus.CreateSender(queue);
        await sender.SendMessageAsync(message);
    }

    protected async Task<IEnumerable<string>> PeekedAsync(string queue = Queue)
    {
        await using var receiver = Bus.CreateReceiver(queue);
        return (await receiver.PeekMessagesAsync(10, 0)).Select(message => $"{message.Body}");
    }

    protected static async Task LostAsync(Func<Task> settle) =>
        await FailsAsync(ServiceBusFailureReason.MessageLockLost, settle);

    protected static async Task FailsAsync(ServiceBusFailureReason reason, Func<Task> call) =>
        Assert.Equal(reason, (await Assert.ThrowsAsync<ServiceBusException>(call)).Reason);

    protected static string Bodies(IEnumerable<ServiceBusReceivedMessage> messages) =>
        string.Concat(messages.Select(message => message.Body));

    protected static ServiceBusMessage Message(string id, string body) => new(body) { MessageId = id };
}

/// <summary>The emulator with both queues.</summary>
sealed class EmulatedBus : IAsyncDisposable
{
    const string Properties = """
        "LockDuration": "PT1M", "MaxDeliveryCount": 10,
        "RequiresDuplicateDetection": true, "DuplicateDetectionHistoryTimeWindow": "PT1H"
        """;

    const string Config = $$"""
        { "UserConfig": { "Namespaces": [ { "Name": "n", "Queues": [
          { "Name": "{{BusContract.Queue}}", "Properties": {
            "DeadLetteringOnMessageExpiration": true, {{Properties}} } },
          { "Name": "{{BusContract.Dropping}}", "Properties": { {{Properties}} } } ] } ] } }
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("atrium-servicebus-").FullName;
    ServiceBusEmulator _emulator = null!;

    EmulatedBus()
    {
    }

    public ServiceBusClient Client { get; private set; } = null!;

    public static async Task<EmulatedBus> StartAsync(TimeProvider time)
    {
        var bus = new EmulatedBus();
        var config = Path.Combine(bus._folder, "config.json");
        await File.WriteAllTextAsync(config, Config);
        var database = Path.Combine(bus._folder, "servicebus.db");
        var options = new ServiceBusEmulatorOptions { ConfigFile = config, DatabaseFile = database, Port = 0 };
        bus._emulator = await ServiceBusEmulator.StartAsync(options, time, NullLoggerFactory.Instance, default);
        bus.Client = new ServiceBusClient(bus._emulator.ConnectionString);
        return bus;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _emulator.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
