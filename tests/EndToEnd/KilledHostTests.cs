using System.Globalization;

namespace Atrium.EndToEnd;

public sealed class KilledHostTests
{
    // The same moments each time, for whoever looks for the reason of a failure.
    const int Seed = 20261129;
    const int EventsPerKill = 30;

    [Fact]
    public async Task A_host_that_is_killed_again_and_again_under_load_loses_nothing()
    {
        var kills = Trials.Kills(inTheSuite: 3);
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        // It outlives the host: what the killed one has locked stays locked for that long.
        await using var broker = await Broker.StartAsync(brokerFolder, "PT5S");
        await using var receiver = await Receiver.StartAsync();
        var moments = new Random(Seed);
        var published = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);
            if (kill == 0)
            {
                await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
            }

            // No faster than the kills: the broker gives up what ten hosts in a row have died over.
            var seen = published + moments.Next(EventsPerKill);
            for (var number = 0; number < EventsPerKill; number++)
            {
                await app.PublishAsync(
                    Events.Numbered(published), key: published++.ToString(CultureInfo.InvariantCulture));
            }

            await Eventually.TrueAsync(() => Task.FromResult(Delivered(receiver) >= seen));
            await app.Process.KillAsync();
        }

        await using var last = await RunningApp.StartAsync(state, settings: broker.Setting);
        await Eventually.TrueAsync(() => Task.FromResult(Delivered(receiver) == published));
        await QueuedMessages.QuietAsync(broker.Setting.Value, "default");
        Assert.Empty(await broker.DeadLettersAsync("deliveries"));
        Assert.Empty(await broker.DeadLettersAsync("visitor-events"));
        Assert.Equal(0, await last.Process.InterruptAsync());
    }

    static int Delivered(Receiver receiver) => receiver.Answered.Select(request => request.Id).Distinct().Count();
}
