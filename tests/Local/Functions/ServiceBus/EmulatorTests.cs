using Atrium.Local.Emulators.ServiceBus;
using Atrium.Local.Functions.Tests.Support;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Functions.Tests.ServiceBus;

/// <summary>The trigger from end to end: emulator, AMQP client, pump, function, settlement.</summary>
public sealed class EmulatorTests : IAsyncLifetime, IDisposable
{
    readonly TempFolder _folder = new();
    ServiceBusEmulator _emulator = null!;
    ServiceBusClient _client = null!;

    public async Task InitializeAsync()
    {
        await StartEmulatorAsync(0);
        _client = new(_emulator.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Messages_sent_are_handled_and_completed()
    {
        var script = new Script { Do = (message, actions, _) => actions.CompleteMessageAsync(message) };
        await using (await StartAsync(typeof(QueueFunctions.Manual), script))
        {
            await using var sender = _client.CreateSender("visits");
            var ids = Enumerable.Range(0, 50).Select(i => $"m{i}").ToHashSet();
            await sender.SendMessagesAsync(ids.Select(id => new ServiceBusMessage("hello") { MessageId = id })).Soon();
            while (ids.Count > 0)
            {
                ids.Remove((await script.NextAsync()).Message.MessageId!);
            }
        }

        Assert.Null(await PeekAsync(SubQueue.None));
    }

    [Fact]
    public async Task A_function_that_always_throws_burns_the_deliveries_and_the_message_is_dead_lettered()
    {
        var script = new Script { Do = (_, _, _) => throw new InvalidOperationException("no luck") };
        await using var host = await StartAsync(typeof(QueueFunctions.Manual), script);
        await SendAsync("a");
        for (var delivery = 1; delivery <= 3; delivery++)
        {
            Assert.Equal(delivery, (await script.NextAsync()).Message.DeliveryCount);
        }

        await using var dead = _client.CreateReceiver("visits", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var message = await dead.ReceiveMessageAsync(Patience.Limit).Soon();
        Assert.Equal("MaxDeliveryCountExceeded", message!.DeadLetterReason);
    }

    [Fact]
    public async Task Dead_letters_with_reason_and_properties()
    {
        var script = new Script
        {
            Do = (message, actions, _) => actions.DeadLetterMessageAsync(message, new() { ["tries"] = 10 }, "AttemptsExhausted", "ten of them"),
        };
        await using var host = await StartAsync(typeof(QueueFunctions.Manual), script);
        await SendAsync("a");
        await using var dead = _client.CreateReceiver("visits", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var message = await dead.ReceiveMessageAsync(Patience.Limit).Soon();
        Assert.Equal(("AttemptsExhausted", "ten of them"), (message!.DeadLetterReason, message.DeadLetterErrorDescription));
        Assert.Equal(10, message.ApplicationProperties["tries"]);
    }

    [Fact]
    public async Task A_lock_of_seconds_is_kept_for_as_long_as_the_function_runs()
    {
        var held = new Script { Held = true };
        await using var host = await StartAsync(typeof(QueueFunctions.Unsaid), held, "brief");
        await SendAsync("a", "brief");
        var call = await held.NextAsync();

        // More than two lock times, by the broker's clock: a message scheduled for then has arrived.
        await using var clock = _client.CreateSender("clock");
        await clock.SendMessageAsync(new ServiceBusMessage("tick") { ScheduledEnqueueTime = TimeProvider.System.GetUtcNow().AddSeconds(17) }).Soon();
        await using var ticks = _client.CreateReceiver("clock");
        Assert.NotNull(await ticks.ReceiveMessageAsync(Patience.Limit).Soon());

        Assert.False(held.AnyCall);
        await call.Actions.CompleteMessageAsync(call.Message).Soon();
        call.End.SetResult();
    }

    [Fact]
    public async Task Goes_on_after_the_broker_was_away()
    {
        var script = new Script();
        await using var host = await StartAsync(typeof(QueueFunctions.Auto), script);
        await SendAsync("before");
        Assert.Equal("before", (await script.NextAsync()).Message.MessageId);

        var port = _emulator.Port;
        await _emulator.DisposeAsync();
        await host.Logs.WaitForAsync("cannot be received from");
        await StartEmulatorAsync(port);
        await SendAsync("after");
        Script.Call call;
        do
        {
            // The completion of the first may have been lost with the broker; then it comes again.
            call = await script.NextAsync();
        }
        while (call.Message.MessageId == "before");

        Assert.Equal("after", call.Message.MessageId);
    }

    async Task StartEmulatorAsync(int port) => _emulator = await ServiceBusEmulator.StartAsync(
        new()
        {
            ConfigFile = _folder.Write("config.json", """
                { "UserConfig": { "Namespaces": [ { "Name": "sbemulatorns", "Queues": [
                  { "Name": "visits", "Properties": { "LockDuration": "PT1M", "MaxDeliveryCount": 3 } },
                  { "Name": "brief", "Properties": { "LockDuration": "PT8S", "MaxDeliveryCount": 3 } },
                  { "Name": "clock", "Properties": {} } ] } ] } }
                """),
            DatabaseFile = Path.Combine(_folder.Path, "bus.db"),
            Port = port,
        },
        TimeProvider.System,
        NullLoggerFactory.Instance,
        CancellationToken.None).Soon();

    Task<RunningHost> StartAsync(Type function, Script script, string queue = "visits") => RunningHost.StartAsync(
        [function],
        builder =>
        {
            builder.Configuration["Bus"] = _emulator.ConnectionString;
            builder.Configuration["QueueName"] = queue;
            builder.Services.AddSingleton(script);
        },
        hostJson: """{ "extensions": { "serviceBus": { "autoCompleteMessages": false, "clientRetryOptions": { "maxRetries": 0, "tryTimeout": "00:00:05" } } } }""");

    async Task SendAsync(string id, string queue = "visits")
    {
        await using var sender = _client.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage("hello") { MessageId = id }).Soon();
    }

    async Task<ServiceBusReceivedMessage?> PeekAsync(SubQueue part)
    {
        await using var receiver = _client.CreateReceiver("visits", new ServiceBusReceiverOptions { SubQueue = part });
        return await receiver.PeekMessageAsync().Soon();
    }
}
