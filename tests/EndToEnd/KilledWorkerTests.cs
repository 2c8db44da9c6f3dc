using System.Net;
using System.Text;

namespace Atrium.EndToEnd;

public sealed class KilledWorkerTests
{
    // Enough that at each kill some are being fanned out, some sent and some settled.
    const int EventsPerKill = 40;
    const int Publishers = 8;

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
        var kills = Trials.Kills(inTheSuite: 4);
        var published = 0;

        for (var kill = 0; kill < kills; kill++)
        {
            // No faster than the kills: the broker gives up what ten workers in a row have died over.
            var batch = Parallel.ForEachAsync(
                Enumerable.Range(published, EventsPerKill),
                new ParallelOptions { MaxDegreeOfParallelism = Publishers },
                async (number, _) => await PublishAsync(app, number));
            var seen = published + moments.Next(EventsPerKill);
            published += EventsPerKill;
            await Eventually.TrueAsync(() => Task.FromResult(Delivered(receiver) >= seen));
            await app.KillWorkerAsync();
            await batch;
        }

        await Eventually.TrueAsync(() => Task.FromResult(Delivered(receiver) == published));
        await app.QuietAsync();
        await app.IndexAsync();
        var count = await app.GetAsync("api/tenants/default/dead-letters/count");
        Assert.Equal(0, count.GetProperty("matching").GetInt32());
        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.Equal(kills, app.Output.Split("has died with exit code 137").Length - 1);
    }

    static int Delivered(Receiver receiver) => receiver.Answered.Select(request => request.Id).Distinct().Count();

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
