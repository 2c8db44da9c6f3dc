using System.Text.Json;
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
    const string Parking = "parking";

    // The broker gives up the message of a job's step that ten workers in a row have died over.
    const int KillsOfAJob = 5;

    // Between two kills: some batches, so that some are written and some not.
    const int MostOperations = 400;

    // The same moments each time, for whoever looks for the reason of a failure.
    const int Seed = 20261128;

    [Fact]
    public async Task Killed_again_and_again_it_indexes_replays_discards_and_resumes_each_and_loses_none()
    {
        var kills = Trials.Kills(inTheSuite: 2);
        var rounds = Math.Max(1, kills / (2 * KillsOfAJob));
        var count = Trials.Letters(inTheSuite: 400) / rounds / 2 * 2;
        var moments = new Random(Seed);
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var broker = await Broker.StartAsync(brokerFolder, "PT10S");
        await using var receiver = await Receiver.StartAsync();
        const string Replayed = TwoSubscriptions.First;
        const string Discarded = TwoSubscriptions.Second;
        for (var round = 0; round < rounds; round++)
        {
            await RoundAsync(2 * round * count);
        }

        var again = receiver.All.Count - rounds * count;
        output.WriteLine(
            $"{kills} kills, {rounds * count} dead letters, {rounds * count / 2} parked, {again} requests made again");
        Assert.InRange(again, 0, kills * Trials.MostUnderWay);

        async Task RoundAsync(int first)
        {
            await broker.PutDeadLettersAsync(
                "deliveries",
                Enumerable.Range(first, count).Select(i => FailedDeliveries.Of(i, i % 2 == 0 ? Replayed : Discarded)),
                "AttemptsExhausted");
            await using var app = await RunningApp.StartAsync(
                state, settings: [broker.Setting, ("LocalStack__WorkerRestarts", $"{kills + 1}")]);
            if (first == 0)
            {
                await TwoSubscriptions.AddAsync(app, receiver);
            }

            var parked = (await app.SubscribeAsync(receiver.Url, ["*"], Parking)).Id;
            await app.PauseAsync(parked, Parking);
            await ParkAsync(
                broker,
                Enumerable.Range(first + count, count / 2).Select(i => FailedDeliveries.Of(i, parked, Parking)));
            var operations = 0L;
            using var counted = new OperationListener(
                broker.Port, (_, _, some) => Interlocked.Add(ref operations, some));

            for (var kill = 0; kill < kills / rounds / 2; kill++)
            {
                await app.RunTimerAsync("KeepUp");
                await KillAsync(IsIndexedAsync);
            }

            await Eventually.TrueAsync(async () =>
            {
                await app.IndexAsync();
                return await IsIndexedAsync();
            });
            var jobs = new[]
            {
                ("default", await app.StartAsync("dead-letters/replay", new { subscriptionId = Replayed })),
                ("default", await app.StartAsync("dead-letters/discard", new { subscriptionId = Discarded })),
                (Parking, await app.ResumeAsync(parked, Parking)),
            };
            for (var kill = 0; kill < kills / rounds - kills / rounds / 2; kill++)
            {
                await KillAsync(HaveEndedAsync);
            }

            await Eventually.TrueAsync(HaveEndedAsync);
            foreach (var (tenant, job) in jobs)
            {
                Assert.Equal("succeeded", (await app.JobAsync(job, tenant)).State());
            }

            await QueuedMessages.QuietAsync(broker.Setting.Value, "default");
            await QueuedMessages.QuietAsync(broker.Setting.Value, Parking);
            Assert.Equal(
                Enumerable.Range(0, count / 2).Select(i => first + 2 * i)
                    .Concat(Enumerable.Range(first + count, count / 2))
                    .Select(FailedDeliveries.IdOf).Order(StringComparer.Ordinal),
                receiver.All.Select(request => request.Id).Distinct()
                    .Where(id => string.CompareOrdinal(id, FailedDeliveries.IdOf(first)) >= 0)
                    .Order(StringComparer.Ordinal));
            // No letter without a row, and no row without a letter.
            Assert.Empty(await broker.DeadLettersAsync("deliveries"));
            var rows = new TableServiceClient(app.Tables).GetTableClient("DeadLetters")
                .QueryAsync<TableEntity>(row => row.PartitionKey == "default" || row.PartitionKey == Parking);
            Assert.Empty(await rows.ToListAsync());
            await app.SendAsync(HttpMethod.Delete, $"api/tenants/{Parking}/subscriptions/{parked}", ifMatch: "*");
            Assert.Equal(0, await app.Process.InterruptAsync());

            async Task<bool> IsIndexedAsync() =>
                await CountAsync(app) == count && await app.CountParkedAsync(parked, Parking) == count / 2;

            async Task<bool> HaveEndedAsync()
            {
                foreach (var (tenant, job) in jobs)
                {
                    if ((await app.JobAsync(job, tenant)).GetProperty("endedAt").ValueKind == JsonValueKind.Null)
                    {
                        return false;
                    }
                }

                return true;
            }

            // After so many operations, or when there are no more.
            async Task KillAsync(Func<Task<bool>> isDoneAsync)
            {
                var at = Interlocked.Read(ref operations) + moments.Next(MostOperations);
                await Eventually.TrueAsync(async () =>
                    Interlocked.Read(ref operations) >= at || await isDoneAsync());
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

    static async Task<int> CountAsync(RunningApp app) =>
        (await app.GetAsync("api/tenants/default/dead-letters/count")).GetProperty("matching").GetInt32();
}
