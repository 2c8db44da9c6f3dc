using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Azure.Messaging.ServiceBus;

namespace Atrium.Benchmarks;

/// <summary>
/// How fast the emulator stores, hands out and settles messages for the client, which runs in another process on the
/// same machine.
/// </summary>
static class ServiceBusBenchmark
{
    public const int DefaultMessages = 50_000;

    /// <summary>A queue of the shipped configuration: it detects duplicates and locks for a minute.</summary>
    const string Queue = "deliveries";

    const int BodyBytes = 230;
    const int BatchMessages = 100;
    const int BatchesAtOnce = 8;
    const int SinglesAtOnce = 64;
    const int SettledAtOnce = 256;
    const int WarmUp = 2_000;

    public static async Task<int> RunAsync(int messages)
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var client = new ServiceBusClient(emulator.ConnectionString);
        await using var sender = client.CreateSender(Queue);
        await using var receiver = client.CreateReceiver(Queue);
        await SendBatchesAsync(sender, WarmUp);
        await SendSinglesAsync(sender, WarmUp);
        await ReceiveAsync(receiver, 2 * WarmUp);

        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, "
            + $"bodies of {BodyBytes} bytes, one client, one sender, one receiver");
        Console.WriteLine();
        Console.WriteLine("| what | messages | seconds | per second | CPU s, client | CPU s, emulator |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        await MeasureAsync(
            emulator, $"durable send, batches of {BatchMessages}, {BatchesAtOnce} at once", messages,
            () => SendBatchesAsync(sender, messages));
        await MeasureAsync(
            emulator, $"peek-lock receive + complete, up to {SettledAtOnce} completions at once", messages,
            () => ReceiveAsync(receiver, messages));
        var singles = messages / 2;
        await MeasureAsync(
            emulator, $"durable send, one by one, {SinglesAtOnce} at once", singles,
            () => SendSinglesAsync(sender, singles));
        await MeasureAsync(
            emulator, $"peek-lock receive + complete, up to {SettledAtOnce} completions at once", singles,
            () => ReceiveAsync(receiver, singles));
        return 0;
    }

    static async Task MeasureAsync(EmulatorProcess emulator, string what, int count, Func<Task> work)
    {
        var (client, server) = (Environment.CpuUsage.TotalTime, emulator.CpuTime);
        var watch = Stopwatch.StartNew();
        await work();
        var seconds = watch.Elapsed.TotalSeconds;
        (client, server) = (Environment.CpuUsage.TotalTime - client, emulator.CpuTime - server);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {what} | {count} | {seconds:0.00} | {count / seconds:0} | {client.TotalSeconds:0.00} | "
            + $"{server.TotalSeconds:0.00} |"));
    }

    static Task SendBatchesAsync(ServiceBusSender sender, int count) => Parallel.ForEachAsync(
        Enumerable.Range(0, count).Chunk(BatchMessages),
        new ParallelOptions { MaxDegreeOfParallelism = BatchesAtOnce },
        async (chunk, cancellationToken) =>
        {
            using var batch = await sender.CreateMessageBatchAsync(cancellationToken);
            foreach (var _ in chunk)
            {
                if (!batch.TryAddMessage(NewMessage()))
                {
                    throw new InvalidOperationException("The messages do not fit into one batch.");
                }
            }

            await sender.SendMessagesAsync(batch, cancellationToken);
        });

    static Task SendSinglesAsync(ServiceBusSender sender, int count) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = SinglesAtOnce },
        async (_, cancellationToken) => await sender.SendMessageAsync(NewMessage(), cancellationToken));

    static async Task ReceiveAsync(ServiceBusReceiver receiver, int count)
    {
        using var places = new SemaphoreSlim(SettledAtOnce);
        var settling = new List<Task>(count);
        while (settling.Count < count)
        {
            foreach (var message in await receiver.ReceiveMessagesAsync(
                Math.Min(SettledAtOnce, count - settling.Count)))
            {
                await places.WaitAsync();
                settling.Add(SettleAsync(message));
            }
        }

        await Task.WhenAll(settling);

        async Task SettleAsync(ServiceBusReceivedMessage message)
        {
            await receiver.CompleteMessageAsync(message);
            places.Release();
        }
    }

    static ServiceBusMessage NewMessage() => new(new byte[BodyBytes]) { MessageId = Guid.NewGuid().ToString("N") };
}
