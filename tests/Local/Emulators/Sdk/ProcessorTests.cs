using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

public sealed class ProcessorTests
{
    const int Calls = 128;

    [Fact]
    public async Task A_processor_works_at_as_many_messages_at_once_as_it_may_and_at_each_once()
    {
        const int count = 3 * Calls;
        await using var emulator = await Emulator.StartAsync();
        await using var client = emulator.Client();
        await using var processor = client.CreateProcessor(
            Emulator.Queue,
            new ServiceBusProcessorOptions { MaxConcurrentCalls = Calls });
        var seen = new ConcurrentDictionary<string, int>();
        var (running, all, done) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        processor.ProcessMessageAsync += async args =>
        {
            if (Interlocked.Increment(ref running) == Calls)
            {
                all.TrySetResult();
            }

            await all.Task.Soon();
            seen.AddOrUpdate(args.Message.MessageId, 1, (_, times) => times + 1);
            if (seen.Count == count)
            {
                done.TrySetResult();
            }
        };
        processor.ProcessErrorAsync += args =>
        {
            done.TrySetException(args.Exception);
            return Task.CompletedTask;
        };

        await processor.StartProcessingAsync();
        await client.CreateSender(Emulator.Queue).SendMessagesAsync(Messages.Numbered(count));
        await done.Task.Soon();
        await processor.StopProcessingAsync();

        Assert.All(seen.Values, times => Assert.Equal(1, times));
        Assert.Null(await client.CreateReceiver(Emulator.Queue).PeekMessageAsync());
    }

    [Fact]
    public async Task A_message_whose_handler_fails_comes_back_until_it_is_dead_lettered()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var client = emulator.Client();
        await using var processor = client.CreateProcessor(Emulator.Queue);
        var counts = new ConcurrentQueue<int>();
        processor.ProcessMessageAsync += args =>
        {
            counts.Enqueue(args.Message.DeliveryCount);
            throw new InvalidOperationException("No.");
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await client.CreateSender(Emulator.Queue).SendMessageAsync(new ServiceBusMessage("body"));
        await processor.StartProcessingAsync();

        var dead = await client.DeadLetters(Emulator.Queue).NextAsync();

        Assert.Equal([1, 2, 3], counts);
        Assert.Equal("MaxDeliveryCountExceeded", dead.DeadLetterReason);
    }

    [Fact]
    public async Task A_lock_is_renewed_for_as_long_as_the_handler_takes()
    {
        // A lock lasts twenty seconds. The client renews it ten seconds before its end, however long it is: a longer
        // one would leave a busy machine no more.
        await using var emulator = await Emulator.StartAsync(clockSpeed: 3);
        await using var client = emulator.Client();
        await using var processor = client.CreateProcessor(Emulator.Queue);
        var (enough, done) = (new TaskCompletionSource(), new TaskCompletionSource<int>());
        processor.ProcessMessageAsync += async args =>
        {
            await enough.Task.Soon();
            done.TrySetResult(args.Message.DeliveryCount);
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await client.CreateSender(Emulator.Queue).SendMessageAsync(new ServiceBusMessage("long"));
        await processor.StartProcessingAsync();

        // On another queue, a lock of the same length runs out twice meanwhile.
        await client.CreateSender(Emulator.Detecting).SendMessageAsync(new ServiceBusMessage());
        var other = client.CreateReceiver(Emulator.Detecting);
        while ((await other.NextAsync()).DeliveryCount < 3)
        {
        }

        enough.SetResult();

        Assert.Equal(1, await done.Task.Soon());
        await processor.StopProcessingAsync();
        Assert.Null(await client.CreateReceiver(Emulator.Queue).PeekMessageAsync());
    }
}
