using System.Text.Json;
using Atrium.Metering;
using Azure.Messaging.ServiceBus;
using Xunit.Abstractions;

namespace Atrium.EndToEnd;

/// <summary>
/// What a tenant's recovery costs the namespace, counted by the emulator: as much as is recovered, whatever else lies
/// there. The size of the rest is <c>ATRIUM_LETTERS</c>. Steps of the job are counted by themselves: it has one more
/// when a run of the index's timer is under way, or when a step comes to the end of its time.
/// </summary>
public sealed class RecoveryCostTests(ITestOutputHelper output)
{
    const int Mine = 10;

    // A receive, a send and a settlement.
    const int PerLetter = 3;

    // A send, a receive and a settlement.
    const int PerStep = 3;

    // One that does the work, one that waited for the index, and one for a machine that has no time.
    const int MostSteps = 3;

    // Who delivers puts back what finds its endpoint full, with a send that would be counted. What the timer begins
    // just after a resume may take what that takes; IndexAsync still runs it.
    static readonly (string, string)[] Undisturbed =
        [("AzureWebJobs__Deliver__Disabled", "true"), ("AzureWebJobs__KeepUp__Disabled", "true")];

    [Fact]
    public async Task A_list_a_count_and_a_replay_cost_the_same_whatever_lies_before_them()
    {
        var foreign = Trials.Letters(inTheSuite: 1_000);
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var broker = await Broker.StartAsync(brokerFolder);
        await using var receiver = await Receiver.StartAsync();
        var alone = await RecoverAsync(state, broker, receiver, 0);
        var beside = await RecoverAsync(state, broker, receiver, foreign);

        AssertSame(alone, beside, foreign);
    }

    [Fact]
    public async Task A_resume_costs_the_same_whatever_else_is_parked()
    {
        var foreign = Trials.Letters(inTheSuite: 1_000);
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var broker = await Broker.StartAsync(brokerFolder);
        await using var receiver = await Receiver.StartAsync();
        await using var app = await RunningApp.StartAsync(state, settings: [broker.Setting, .. Undisturbed]);
        var mine = (await app.SubscribeAsync(receiver.Url, ["*"])).Id;
        var theirs = (await app.SubscribeAsync(receiver.Url, ["*"], "globex")).Id;
        await app.PauseAsync(mine);
        await app.PauseAsync(theirs, "globex");
        await using var client = new ServiceBusClient(broker.Setting.Value);
        await using var parked = client.CreateSender("parked");

        var alone = await ResumeAsync(0);
        foreach (var some in Enumerable.Range(2 * Mine, foreign).Chunk(100))
        {
            await parked.SendMessagesAsync(some.Select(number => FailedDeliveries.Of(number, theirs, "globex")));
        }

        var beside = await ResumeAsync(Mine);
        AssertSame(alone, beside, foreign);

        async Task<SortedDictionary<string, long>> ResumeAsync(int first)
        {
            await parked.SendMessagesAsync(
                Enumerable.Range(first, Mine).Select(number => FailedDeliveries.Of(number, mine)));
            await Eventually.TrueAsync(async () =>
            {
                await app.IndexAsync($"subscriptions/{mine}/parked");
                return await app.CountParkedAsync(mine) == Mine
                    && await app.CountParkedAsync(theirs, "globex") == (first == 0 ? 0 : foreign);
            });
            using var counted = new Counted(broker.Port);
            var job = await app.EndAsync(await app.ResumeAsync(mine));
            Assert.Equal(("succeeded", Mine), (job.State(), job.Taken()));
            var counts = await counted.WhenSettledAsync();
            await AssertSentAsync(broker, first);
            await app.PauseAsync(mine);
            return counts;
        }
    }

    [Fact]
    public async Task On_queues_of_several_partitions_all_is_listed_counted_replayed_resumed_and_indexed_again()
    {
        const int Count = 50;
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var broker = await Broker.StartAsync(brokerFolder, partitions: 4);
        await using var receiver = await Receiver.StartAsync();
        const string Failed = TwoSubscriptions.First;
        const string Paused = TwoSubscriptions.Second;
        await broker.PutDeadLettersAsync(
            "deliveries", Enumerable.Range(0, Count).Select(i => FailedDeliveries.Of(i, Failed)), "AttemptsExhausted");
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);
        await TwoSubscriptions.AddAsync(app, receiver);
        await app.PauseAsync(Paused);
        await using var client = new ServiceBusClient(broker.Setting.Value);
        await using var parked = client.CreateSender("parked");
        await parked.SendMessagesAsync(Enumerable.Range(Count, Count).Select(i => FailedDeliveries.Of(i, Paused)));

        await IndexedAsync();
        var listed = await NumbersAsync();
        Assert.True(listed.Select(number => number >> 48).Distinct().Count() > 1, "All lie in one partition.");
        // An index is lost, and made again from the queues.
        await new Azure.Data.Tables.TableServiceClient(app.Tables).DeleteTableAsync("DeadLetters");
        await IndexedAsync();
        Assert.Equal(listed, await NumbersAsync());

        var replay = await app.EndAsync(await app.StartAsync("dead-letters/replay", new { subscriptionId = Failed }));
        var resume = await app.EndAsync(await app.ResumeAsync(Paused));
        Assert.Equal(("succeeded", Count), (replay.State(), replay.Taken()));
        Assert.Equal(("succeeded", Count), (resume.State(), await app.TakenByResumesAsync()));
        await receiver.UntilAsync(all => all.Select(request => request.Id).Distinct().Count() == 2 * Count);
        Assert.Empty(await broker.DeadLettersAsync("deliveries"));

        Task IndexedAsync() => Eventually.TrueAsync(async () =>
        {
            await app.IndexAsync();
            await app.IndexAsync($"subscriptions/{Paused}/parked");
            return await CountAsync(app, "default") == Count && await app.CountParkedAsync(Paused) == Count;
        });

        async Task<IReadOnlyList<long>> NumbersAsync() =>
            [.. (await app.GetAsync("api/tenants/default/dead-letters?limit=100")).GetProperty("items")
                .EnumerateArray().Select(item => long.Parse(
                    item.GetProperty("sequenceNumber").GetString()!,
                    System.Globalization.CultureInfo.InvariantCulture))];
    }

    static async Task<SortedDictionary<string, long>> RecoverAsync(
        TemporaryFolder state, Broker broker, Receiver receiver, int foreign)
    {
        // No subscription has this id.
        const string Nobodys = "sub_0123456789abcdef0123";
        await broker.PutDeadLettersAsync(
            "deliveries",
            // The broker drops a number that it has had.
            Enumerable.Range(1, foreign).Select(number => FailedDeliveries.Of(-number, Nobodys, "globex"))
                .Concat(
                    Enumerable.Range(foreign, Mine).Select(n => FailedDeliveries.Of(n, TwoSubscriptions.First))),
            "AttemptsExhausted");
        await using var app = await RunningApp.StartAsync(state, settings: [broker.Setting, .. Undisturbed]);
        if (foreign == 0)
        {
            // The next app on this folder has them.
            await TwoSubscriptions.AddAsync(app, receiver);
        }

        await Eventually.TrueAsync(async () =>
        {
            await app.IndexAsync();
            return await CountAsync(app, "default") == Mine && await CountAsync(app, "globex") == foreign;
        });

        using var counted = new Counted(broker.Port);
        var page = await app.GetAsync("api/tenants/default/dead-letters");
        Assert.Equal(Mine, page.GetProperty("items").GetArrayLength());
        Assert.Equal(Mine, await CountAsync(app, "default"));
        Assert.Empty(counted.Counts);
        var job = await app.EndAsync(await app.StartAsync("dead-letters/replay", new { all = true }));
        Assert.Equal(("succeeded", Mine), (job.State(), job.Taken()));
        var counts = await counted.WhenSettledAsync();
        await AssertSentAsync(broker, foreign);
        Assert.Equal(0, await app.Process.InterruptAsync());
        return counts;
    }

    /// <summary>Takes what was sent to be delivered off its queue, and so what is there the next time.</summary>
    static async Task AssertSentAsync(Broker broker, int first)
    {
        await using var client = new ServiceBusClient(broker.Setting.Value);
        await using var receiver = client.CreateReceiver("deliveries");
        var sent = await QueuedMessages.PeekAllAsync(receiver);
        Assert.Equal(
            Enumerable.Range(first, Mine).Select(FailedDeliveries.IdOf),
            sent.Select(message => message.CorrelationId).Order(StringComparer.Ordinal));
        for (var left = sent.Count; left > 0;)
        {
            foreach (var message in await receiver.ReceiveMessagesAsync(left))
            {
                await receiver.CompleteMessageAsync(message);
                left--;
            }
        }
    }

    static async Task<int> CountAsync(RunningApp app, string tenant) =>
        (await app.GetAsync($"api/tenants/{tenant}/dead-letters/count")).GetProperty("matching").GetInt32();

    void AssertSame(SortedDictionary<string, long> alone, SortedDictionary<string, long> beside, int foreign)
    {
        output.WriteLine($"Beside {foreign}: {JsonSerializer.Serialize(beside)}");
        Assert.Equal(OnLetters(alone), OnLetters(beside));
        Assert.Equal(PerLetter * Mine, OnLetters(alone).Sum(count => count.Value));
        Assert.All([alone, beside], counts => Assert.InRange(
            counts.Sum(count => count.Value) - (PerLetter * Mine), PerStep, PerStep * MostSteps));
    }

    static IReadOnlyList<KeyValuePair<string, long>> OnLetters(SortedDictionary<string, long> counts) =>
        [.. counts.Where(count => !count.Key.StartsWith("jobs ", StringComparison.Ordinal))];

    /// <summary>The operations of a recovery: those on what lies there, those of the job, and what it sends.</summary>
    sealed class Counted : IDisposable
    {
        // Of the timers, which look for what waits, whatever is recovered.
        static readonly string[] Timers = ["peek", "receive", "defer"];

        readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
        readonly OperationListener _listener;

        public Counted(int port) => _listener = new OperationListener(port, Hear);

        public SortedDictionary<string, long> Counts
        {
            get
            {
                lock (_counts)
                {
                    return new(_counts, StringComparer.Ordinal);
                }
            }
        }

        /// <summary>Waits until the job's own messages are settled, which is after it says that it has ended.</summary>
        public async Task<SortedDictionary<string, long>> WhenSettledAsync()
        {
            await Eventually.TrueAsync(() => Task.FromResult(
                Counts is var counts
                && counts.GetValueOrDefault("jobs complete")
                    == counts.GetValueOrDefault("jobs send") + counts.GetValueOrDefault("jobs schedule")));
            return Counts;
        }

        public void Dispose() => _listener.Dispose();

        void Hear(string operation, string entity, long count)
        {
            var isOfRecovery = entity switch
            {
                "jobs" => operation is not ("peek" or "renew-lock"),
                "deliveries" => operation is "send" or "schedule",
                _ => entity != "visitor-events" && !Timers.Contains(operation),
            };
            if (isOfRecovery)
            {
                lock (_counts)
                {
                    var name = $"{entity} {operation}";
                    _counts[name] = _counts.GetValueOrDefault(name) + count;
                }
            }
        }
    }
}
