using System.Globalization;
using System.Runtime.InteropServices;
using Atrium.Functions;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Atrium.Benchmarks;

/// <summary>
/// What a delivery costs the app: the function itself and all that it consists of, from the message to its completion,
/// in this process. The receiver is a process of its own. Table Storage is answered for below its client. The worker's
/// share, which is the call over gRPC, is left out, and so are lines in the log.
/// </summary>
sealed class DeliveryBenchmark : IAsyncDisposable
{
    public const int DefaultDeliveries = 5_000;

    // As busy as an instance is under a load that it keeps up with.
    const int AtOnce = 32;

    // The runtime has then compiled for good what it finds to be hot.
    const int WarmUp = 10_000;

    static readonly string[] Subscriptions =
    [
        .. Enumerable.Range(0, AtOnce)
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"sub_{number + 1:x20}")),
    ];

    static readonly Dictionary<string, string?> Settings = new()
    {
        ["Egress:AllowLoopback"] = "true",
        ["KeyVault:vaultUri"] = "https://vault.example",
        [Queues.Connection] = "Endpoint=sb://bus.example;SharedAccessKeyName=a;SharedAccessKey=AAAA",
    };

    readonly AnsweringTables _answering;
    readonly TableServiceClient _tables;
    readonly ServiceProvider _services;
    readonly DeliverFunction _function;
    readonly CountingActions _actions = new();
    int _made;

    DeliveryBenchmark(string url)
    {
        _answering = new(url);
        _tables = new(
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=AAAA;EndpointSuffix=tables.example",
            AzureClients.WithinBudget(new TableClientOptions { Transport = new HttpClientTransport(_answering) }));
        _services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build())
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddConsole())
            .AddAtrium()
            .AddSingleton(_tables)
            .BuildServiceProvider();
        _function = ActivatorUtilities.CreateInstance<DeliverFunction>(_services);
    }

    public static async Task<int> RunAsync(int deliveries)
    {
        using var receiver = await ReceiverProcess.StartAsync();
        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, "
            + string.Join(", ", GC.GetConfigurationVariables()
                .Where(setting => setting.Key is "ServerGC" or "ConcurrentGC" or "GCGen0MaxBudget")
                .Select(setting => $"{setting.Key} {setting.Value}")));
        Console.WriteLine();
        await using (var first = new DeliveryBenchmark(receiver.Url))
        {
            await first.WarmUpAsync(Subscriptions);
            await first.WarmUpAsync(Subscriptions);
        }

        Console.WriteLine(
            "| what | number | bytes each | CPU µs each | gen 0 per 1,000 | pauses, ms | working set, MB |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        var chunked = receiver.Url + ReceiverProcess.Chunked;
        await MeasureDeliveriesAsync("answers of a known length", receiver.Url, deliveries, Subscriptions);
        await MeasureDeliveriesAsync("chunked answers", chunked, deliveries, Subscriptions);
        await MeasureDeliveriesAsync("known length, one subscription", receiver.Url, deliveries, Subscriptions[..1]);
        await MeasureDeliveriesAsync("known length, one at a time", receiver.Url, deliveries, Subscriptions, atOnce: 1);
        await MeasureWritesAsync(deliveries);
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _answering.Dispose();
    }

    static async Task MeasureDeliveriesAsync(
        string what, string url, int deliveries, string[] subscriptions, int atOnce = AtOnce)
    {
        await using var benchmark = new DeliveryBenchmark(url);
        await benchmark.WarmUpAsync(subscriptions);
        var messages = benchmark.Messages(deliveries, subscriptions);
        await MeasureAsync(what, deliveries, () => benchmark.DeliverAsync(messages, atOnce));
        if ((benchmark._actions.Completed, benchmark._answering.Rows) != (benchmark._made, 2 * benchmark._made))
        {
            throw new InvalidOperationException(
                $"Of {benchmark._made} deliveries, {benchmark._actions.Completed} were completed and "
                + $"{benchmark._answering.Rows} rows written. Each has two.");
        }
    }

    // What the record of a delivery costs, which is most of it, and would cost otherwise.
    static async Task MeasureWritesAsync(int records)
    {
        await using var benchmark = new DeliveryBenchmark("https://receiver.example");
        var now = TimeProvider.System.GetUtcNow();
        var table = benchmark._tables.GetTableClient(AttemptTable.Name(now));
        var record = new AttemptRecord
        {
            Tenant = Subscriptions[0],
            SubscriptionId = Subscriptions[0],
            EventId = $"evt_{new string('0', 32)}",
            EventType = "visitor.checked_in",
            DeliveryId = $"msg_{new string('0', 32)}",
            Run = 1,
            Attempt = 1,
            RunStartedAt = now,
            DueAt = now,
            StartedAt = now,
            Outcome = AttemptOutcome.Delivered,
            Status = 200,
            ResponseExcerpt = """{"received":true}""",
            FirstByteMs = 1.5,
            TotalMs = 2.5,
        };
        await MeasureAsync("a record's two rows, one transaction", () => table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.Add, Computed()),
            new(TableTransactionActionType.Add, Listed()),
        ]));
        await MeasureAsync("a record's two rows, two inserts", async () =>
        {
            await table.AddEntityAsync(Computed());
            await table.AddEntityAsync(Listed());
        });
        await MeasureAsync("one row, one insert", () => table.AddEntityAsync(Computed()));

        TableEntity Computed() => AttemptEntity.ToEntity(record, AttemptTable.AttemptRow(record.DeliveryId, 1, 1));

        TableEntity Listed() => AttemptEntity.ToEntity(record, AttemptTable.ListRow(now, record.DeliveryId, 1, 1));

        async Task MeasureAsync(string what, Func<Task> write)
        {
            await WriteAsync(WarmUp, write);
            await DeliveryBenchmark.MeasureAsync(what, records, () => WriteAsync(records, write));
        }

        static Task WriteAsync(int times, Func<Task> write) => Parallel.ForEachAsync(
            Enumerable.Range(0, times),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (_, _) => await write());
    }

    static async Task MeasureAsync(string what, int count, Func<Task> work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var (bytes, cpu) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);
        var (collections, pauses) = (GC.CollectionCount(0), GC.GetTotalPauseDuration());
        await work();
        (bytes, cpu) = (GC.GetTotalAllocatedBytes(precise: true) - bytes, Environment.CpuUsage.TotalTime - cpu);
        (collections, pauses) = (GC.CollectionCount(0) - collections, GC.GetTotalPauseDuration() - pauses);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {what} | {count} | {bytes / count} | {cpu.TotalMicroseconds / count:0} | "
            + $"{1000.0 * collections / count:0.0} | {pauses.TotalMilliseconds:0} | {Environment.WorkingSet >> 20} |"));
    }

    async Task WarmUpAsync(string[] subscriptions)
    {
        // An endpoint is trusted with many requests at once when it has answered some.
        await DeliverAsync(Messages(AtOnce, Subscriptions[..1]), 1);
        await DeliverAsync(Messages(WarmUp, subscriptions), AtOnce);
    }

    Task DeliverAsync(IEnumerable<ServiceBusReceivedMessage> messages, int atOnce) => Parallel.ForEachAsync(
        messages,
        new ParallelOptions { MaxDegreeOfParallelism = atOnce },
        async (message, _) => await _function.RunAsync(message, _actions, CancellationToken.None));

    List<ServiceBusReceivedMessage> Messages(int count, string[] subscriptions) =>
        [.. Enumerable.Range(_made, count)
            .Select(number => Message(number, subscriptions[number % subscriptions.Length]))];

    ServiceBusReceivedMessage Message(int number, string subscription)
    {
        _made++;
        var now = TimeProvider.System.GetUtcNow();
        var eventId = string.Create(CultureInfo.InvariantCulture, $"evt_{number:x32}");
        var written = DeliveryMessageWriter.Write(
            new()
            {
                Tenant = subscription,
                SubscriptionId = subscription,
                EventId = eventId,
                EventType = "visitor.checked_in",
                DeliveryId = DeliveryId.Of(subscription, eventId, subscription),
                AcceptedAt = now,
                LivesFrom = now,
                RunStartedAt = now,
                DueAt = now,
                Body = LoadRun.Event(subscription, eventId).Body,
            },
            now);
        return ServiceBusModelFactory.ServiceBusReceivedMessage(
            written.Body,
            written.MessageId,
            properties: written.ApplicationProperties,
            deliveryCount: 1,
            enqueuedTime: now,
            lockedUntil: now + TimeSpan.FromMinutes(1));
    }

    sealed class CountingActions : ServiceBusMessageActions
    {
        int _completed;

        public int Completed => _completed;

        public override Task CompleteMessageAsync(
            ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _completed);
            return Task.CompletedTask;
        }
    }
}
