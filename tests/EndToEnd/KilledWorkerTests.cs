using System.Diagnostics;
using System.Net;
using System.Text;

namespace Atrium.EndToEnd;

public sealed class KilledWorkerTests
{
    // Enough that at each kill some are being fanned out, some sent and some settled.
    const int EventsPerKill = 40;
    const int Publishers = 8;

    // Of the queues; see config.json.
    const int MaxDeliveryCount = 10;

    // The same moments each time, for whoever looks for the reason of a failure.
    const int Seed = 20261128;

    [Fact]
    public async Task A_worker_that_is_killed_again_and_again_under_load_loses_nothing_and_its_host_goes_on()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var app = await RunningApp.StartAsync(state, settings: ("LocalStack__WorkerRestarts", "1000"));
        await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
        var moments = new Random(Seed);
        var kills = KillTrials.Count(inTheSuite: 4);
        var events = kills * EventsPerKill;
        var published = Parallel.ForEachAsync(
            Enumerable.Range(0, events), new ParallelOptions { MaxDegreeOfParallelism = Publishers },
            async (number, _) => await PublishAsync(app, number));

        for (var kill = 1; kill <= kills; kill++)
        {
            var seen = receiver.All.Count + moments.Next(EventsPerKill);
            await Eventually.TrueAsync(() => Task.FromResult(receiver.All.Count >= Math.Min(seen, events)));
            await app.KillWorkerAsync();
        }

        await published;
        await app.QuietAsync();
        // What ten workers in a row have died over, the broker gives up, in sight of everybody: a person brings it back.
        var count = await app.GetAsync("api/tenants/default/dead-letters/count");
        var givenUp = count.GetProperty("matching").GetInt32();
        Assert.True(givenUp == 0 || kills >= MaxDeliveryCount, $"{givenUp} were given up over {kills} dead workers.");
        if (givenUp > 0)
        {
            await app.EndAsync(await app.StartAsync("dead-letters/replay", new { all = true }));
        }

        await Eventually.TrueAsync(() =>
            Task.FromResult(receiver.Answered.Select(request => request.Id).Distinct().Count() == events));
        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.Equal(kills, app.Output.Split("has died with exit code 137").Length - 1);
    }

    [Fact]
    public async Task A_worker_that_dies_more_often_than_it_may_takes_the_host_along_which_says_why()
    {
        using var state = new TemporaryFolder();
        await using var app = await RunningApp.StartAsync(state, settings: ("LocalStack__WorkerRestarts", "1"));

        await app.KillWorkerAsync();
        Process.GetProcessById(app.WorkerProcess).Kill();

        Assert.Equal(1, await app.Process.ExitAsync());
        Assert.Contains("has died again, after 1 restarts within 30 minutes", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_killed_leaves_no_process_behind()
    {
        using var state = new TemporaryFolder();
        await using var app = await RunningApp.StartAsync(state);
        using var worker = Process.GetProcessById(app.WorkerProcess);
        using var tables = Process.GetProcessById(app.Running.GetProperty("tablesProcess").GetInt32());

        await app.Process.KillAsync();

        await worker.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        await tables.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
    }

    // As any client of the API does: again, with the same key, until it is accepted. While a worker dies, the answer is
    // its host's and in no contract.
    static async Task PublishAsync(RunningApp app, int number)
    {
        using var http = new HttpClient { BaseAddress = app.Http.BaseAddress };
        await Eventually.TrueAsync(async () =>
        {
            using var content = new StringContent(Events.Numbered(number), Encoding.UTF8, "application/json");
            content.Headers.Add("Idempotency-Key", $"{number}");
            try
            {
                using var response = await http.PostAsync(
                    new Uri("api/events?tenant=default", UriKind.Relative), content);
                return response.StatusCode == HttpStatusCode.Accepted;
            }
            catch (HttpRequestException)
            {
                // The answer broke off.
                return false;
            }
        });
    }
}
