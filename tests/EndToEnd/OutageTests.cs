using Atrium.Local.Emulators;
using Atrium.Local.Emulators.Azurite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.EndToEnd;

public sealed class OutageTests
{
    [Fact]
    public async Task Killed_in_mid_flight_and_started_again_it_delivers_every_event()
    {
        const int Events = 60;
        const int AnsweredBeforeTheKill = 15;
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var bodies = Enumerable.Range(0, Events).Select(EndToEnd.Events.Numbered).ToList();
        var never = new TaskCompletionSource();
        receiver.Gate = number => number > AnsweredBeforeTheKill ? never.Task : Task.CompletedTask;
        await using (var first = await RunningApp.StartAsync(state))
        {
            await first.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
            await Task.WhenAll(bodies.Select((body, i) => first.PublishAsync(body, key: $"{i}")));
            await receiver.UntilAsync(_ => receiver.Answered.Count == AnsweredBeforeTheKill);
            await first.Process.KillAsync();
        }

        Assert.Equal(AnsweredBeforeTheKill, receiver.Answered.Count);
        receiver.Gate = _ => Task.CompletedTask;
        await using var second = await RunningApp.StartAsync(state, clockSpeed: 20);
        await receiver.UntilAsync(_ => receiver.Answered.Select(request => request.Id).Distinct().Count() == Events);

        Assert.Equal(0, await second.Process.InterruptAsync());
        Assert.Equal(
            bodies.Order(),
            receiver.All.GroupBy(request => request.Id)
                .Select(group => System.Text.Encoding.UTF8.GetString(group.First().Body))
                .Order());
        // Who was asked twice was in flight when the process died, between the answer and our record: never a third
        // time.
        Assert.All(receiver.All.GroupBy(request => request.Id), group => Assert.InRange(group.Count(), 1, 2));
    }

    [Fact]
    public async Task With_the_tables_away_for_over_twenty_seconds_nothing_is_lost_and_no_attempt_is_counted()
    {
        using var state = new TemporaryFolder();
        using var tablesFolder = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, number) => number == 1 ? 503 : 200;
        var azurite = await StartTablesAsync(tablesFolder, 0);
        await using var app = await RunningApp.StartAsync(
            state, clockSpeed: 5, settings: ("Tables", azurite.ConnectionString));
        await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
        await app.PublishAsync(EndToEnd.Events.Numbered(0));
        await receiver.NextAsync(1);

        var port = azurite.Port;
        await azurite.DisposeAsync();
        // Without a key, which the tables would have to be asked for.
        await app.PublishAsync(EndToEnd.Events.Numbered(1));
        // The waits are at least 3.75, 7.5, 15, 30 and 45 s by the broker's clock: put back for the sixth time, the
        // tables have really been away for over 20 s.
        await app.Process.LineAsync(line =>
            line.Contains("put back", StringComparison.Ordinal)
                && line.Contains("after 5 times before", StringComparison.Ordinal));
        azurite = await StartTablesAsync(tablesFolder, port);
        await using var restarted = azurite;
        await receiver.UntilAsync(all => all.GroupBy(request => request.Id).Count(group => group.Count() == 2) == 2);

        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.Equal(4, receiver.All.Count);
        foreach (var id in receiver.All.Select(request => request.Id).Distinct())
        {
            var attempts = await Attempts.OfAsync(azurite.ConnectionString, id);
            Assert.Equal(["Retrying", "Delivered"], attempts.Select(attempt => attempt.GetString("Outcome")));
            Assert.Equal([1, 2], attempts.Select(attempt => attempt.GetInt32("Attempt")));
        }
    }

    static Task<AzuriteEmulator> StartTablesAsync(TemporaryFolder folder, int port) => AzuriteEmulator.StartAsync(
        new AzuriteEmulatorOptions { ToolsFolder = LocalState.Tools, DataFolder = folder.Path, Port = port },
        new Progress<string>(),
        NullLoggerFactory.Instance,
        TimeProvider.System,
        CancellationToken.None);
}
