using Atrium.Metering;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Xunit.Abstractions;

namespace Atrium.EndToEnd;

/// <summary>
/// The worker is killed after random numbers of operations while dead letters and parked deliveries are indexed, and
/// then while they are replayed, discarded and resumed. <c>ATRIUM_KILLS</c> and <c>ATRIUM_LETTERS</c> say how often and
/// how many.
/// </summary>
public sealed class KilledRecoveryTests(ITestOutputHelper output)
{
    // Some of those that are under way when a worker dies are requested again.
    const int MostUnderWay = 128;

    // Between two kills: some batches, so that some are written and some not.
    const int MostOperations = 500;

    // The same moments each time, for whoever looks for the reason of a failure.
    const int Seed = 20261128;

    [Fact]
    public async Task Killed_again_and_again_it_indexes_replays_discards_and_resumes_each_and_loses_none()
    {
        var kills = Trials.Kills(inTheSuite: 2);
        var count = Trials.Letters(inTheSuite: 400);
        var moments = new Random(Seed);
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var broker = await Broker.StartAsync(brokerFolder, "PT10S");
        await using var receiver = await Receiver.StartAsync();
        var (replayed, discarded) = await TwoSubscriptions.MakeAsync(state, broker, receiver);
        await broker.PutDeadLettersAsync(
            "deliveries",
            Enumerable.Range(0, count).Select(i => FailedDeliveries.Of(i, i % 2 == 0 ? replayed : discarded)),
            "AttemptsExhausted");
        await using var app = await RunningApp.StartAsync(
            state, settings: [broker.Setting, ("LocalStack__WorkerRestarts", $"{kills + 1}")]);
        var parked = (await app.SubscribeAsync(receiver.Url, ["*"])).Id;
        await app.PauseAsync(parked);
        await ParkAsync(broker, Enumerable.Range(count, count / 2).Select(i => FailedDeliveries.Of(i, parked)));
        var operations = 0L;
        using var counted = new OperationListener(broker.Port, (_, _, some) => Interlocked.Add(ref operations, some));

        await KillAsync(kills / 2, indexes: true);
        await Eventually.TrueAsync(async () =>
        {
            await app.IndexAsync();
            await app.IndexAsync($"subscriptions/{parked}/parked");
            return await CountAsync(app, replayed) == count / 2 && await CountAsync(app, discarded) == count / 2
                && await app.CountParkedAsync(parked) == count / 2;
        });

        var jobs = await Task.WhenAll(
            app.StartAsync("dead-letters/replay", new { subscriptionId = replayed }),
            app.StartAsync("dead-letters/discard", new { subscriptionId = discarded }),
            app.ResumeAsync(parked));
        await KillAsync(kills - kills / 2);
        foreach (var job in jobs)
        {
            Assert.Equal("succeeded", (await app.EndAsync(job)).State());
        }

        await QueuedMessages.QuietAsync(broker.Setting.Value, "default");
        var wanted = Enumerable.Range(0, count / 2).Select(i => 2 * i).Concat(Enumerable.Range(count, count / 2))
            .Select(FailedDeliveries.IdOf);
        Assert.Equal(
            wanted.Order(StringComparer.Ordinal),
            receiver.All.Select(request => request.Id).Distinct().Order(StringComparer.Ordinal));
        var again = receiver.All.Count - count;
        output.WriteLine($"{kills} kills, {1.5 * count:0} messages, {again} requests made again");
        Assert.InRange(again, 0, kills * MostUnderWay);
        // No letter without a row, and no row without a letter.
        Assert.Empty(await broker.DeadLettersAsync("deliveries"));
        var rows = new TableServiceClient(app.Tables).GetTableClient("DeadLetters")
            .QueryAsync<TableEntity>(row => row.PartitionKey == "default");
        Assert.Empty(await rows.ToListAsync());
        Assert.Equal(0, await app.Process.InterruptAsync());

        async Task KillAsync(int times, bool indexes = false)
        {
            for (var kill = 0; kill < times; kill++)
            {
                if (indexes)
                {
                    await app.RunTimerAsync("IndexDeadLetters");
                }

                var at = Interlocked.Read(ref operations) + moments.Next(MostOperations);
                await Eventually.TrueAsync(() => Task.FromResult(Interlocked.Read(ref operations) >= at));
                await app.KillWorkerAsync();
            }
        }
    }

    static async Task ParkAsync(Broker broker, IEnumerable<ServiceBusMessage> messages)
    {
        await using var client = new ServiceBusClient(broker.Setting.Value);
        await using var sender = client.CreateSender("parked");
        foreach (var some in messages.Chunk(100))
        {
            await sender.SendMessagesAsync(some);
        }
    }

    static async Task<int> CountAsync(RunningApp app, string id) =>
        (await app.GetAsync($"api/tenants/default/dead-letters/count?subscription={id}")).GetProperty("matching")
            .GetInt32();
}
