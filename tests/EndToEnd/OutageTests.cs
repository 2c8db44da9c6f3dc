using System.Text;
using Atrium.Local.Emulators;
using Atrium.Local.Emulators.Azurite;
using Atrium.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.EndToEnd;

public sealed class OutageTests
{
    // At four a second; a line for each would be many times the bound.
    const int EventsOfAMinute = 240;

    /// <summary>Attempts under way when Service Bus goes: as many as a new endpoint may have at a time.</summary>
    const int UnderWay = 8;

    /// <summary>
    /// The most that app and host may print in each minute that these events meet a dependency that is gone: a few
    /// lines of the app and of each queue's receiver in the host, 300 characters each.
    /// </summary>
    const int MostLines = 10;
    const int MostCharacters = 5_000;

    // The end of one and the beginning of the next, however fast the machine is.
    const int FewestMinutes = 2;

    static readonly string[] DailyWork = ["Event fanned out", "✓ delivered", "↻ failed", "Queue measured"];

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
            await first.PublishAsync(bodies, key: number => $"{number}");
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
                .Select(group => Encoding.UTF8.GetString(group.First().Body))
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
        var port = LastingPort.Next();
        var azurite = await StartTablesAsync(tablesFolder, port);
        await using var app = await RunningApp.StartAsync(
            state, clockSpeed: 5, settings: ("Tables", azurite.ConnectionString));
        await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
        await app.PublishAsync(EndToEnd.Events.Numbered(0));
        await receiver.NextAsync(1);

        await azurite.DisposeAsync();
        // Without a key, which the tables would have to be asked for.
        await app.PublishAsync(EndToEnd.Events.Numbered(1));
        // The waits are at least 3.75, 7.5, 15, 30 and 45 s by the broker's clock: put back for the sixth time, the
        // tables have really been away for over 20 s.
        await app.PutBackAsync("visitor-events", count: 1, times: 6);
        azurite = await StartTablesAsync(tablesFolder, port);
        await using var restarted = azurite;
        await receiver.UntilAsync(all => all.GroupBy(request => request.Id).Count(group => group.Count() >= 2) >= 2);

        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.Equal(4, receiver.All.Count);
        foreach (var id in receiver.All.Select(request => request.Id).Distinct())
        {
            var attempts = await Attempts.OfAsync(azurite.ConnectionString, id);
            Assert.Equal(["Retrying", "Delivered"], attempts.Select(attempt => attempt.GetString("Outcome")));
            Assert.Equal([1, 2], attempts.Select(attempt => attempt.GetInt32("Attempt")));
        }
    }

    [Fact]
    public async Task With_the_tables_gone_a_minutes_events_fill_no_log()
    {
        using var state = new TemporaryFolder();
        using var tablesFolder = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var port = LastingPort.Next();
        var azurite = await StartTablesAsync(tablesFolder, port);
        await using var app = await RunningApp.StartAsync(state, settings: ("Tables", azurite.ConnectionString));
        await app.SubscribeAsync(receiver.Url, ["*"]);
        receiver.Answer = (_, _) => 503;
        await app.PublishAsync(Numbered(0, 100));
        await receiver.NextAsync(100);

        await azurite.DisposeAsync();
        var (printed, since) = (app.Output.Length, TimeProvider.System.GetTimestamp());
        await app.PublishAsync(Numbered(1_000, EventsOfAMinute));
        await app.PutBackAsync("visitor-events", EventsOfAMinute);
        await app.PutBackAsync("deliveries", 100);

        await AssertBoundedAsync(app, printed, since);
    }

    [Fact]
    public async Task With_service_bus_gone_a_minutes_requests_fill_no_log()
    {
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var broker = await Broker.StartAsync(brokerFolder);
        await using var receiver = await Receiver.StartAsync();
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);
        await app.SubscribeAsync(receiver.Url, ["*"]);
        var (underWay, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        receiver.Answer = (_, _) => 503;
        receiver.Gate = number =>
        {
            if (number == UnderWay)
            {
                underWay.SetResult();
            }

            return released.Task;
        };
        await app.PublishAsync(Numbered(0, UnderWay));
        await underWay.Task.Soon();

        var (printed, since) = (app.Output.Length, TimeProvider.System.GetTimestamp());
        await using (await broker.GoneAsync())
        {
            released.SetResult();
            await app.RefusedAsync(Numbered(1_000, EventsOfAMinute));
        }

        await AssertBoundedAsync(app, printed, since);
    }

    [Fact]
    public async Task With_the_vault_gone_before_a_secret_was_read_a_minutes_deliveries_fill_no_log()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var vault = await Vault.StartAsync();
        await using var app = await RunningApp.StartAsync(state, 1, vault.Settings);
        await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);

        await vault.EndAsync();
        var (printed, since) = (app.Output.Length, TimeProvider.System.GetTimestamp());
        await app.PublishAsync(Numbered(1_000, EventsOfAMinute));
        await app.PutBackAsync("deliveries", EventsOfAMinute);

        await AssertBoundedAsync(app, printed, since);
    }

    // Published without keys, which the tables would have to be asked for.
    static IEnumerable<string> Numbered(int first, int count) =>
        Enumerable.Range(first, count).Select(EndToEnd.Events.Numbered);

    // What is said of events and attempts with which nothing is wrong, and each minute of each queue, is said in an
    // outage, too.
    static async Task AssertBoundedAsync(RunningApp app, int printed, long since)
    {
        // A line is printed by another process than the one that settles.
        await Eventually.TrueAsync(() => Task.FromResult(Lines().Count > 0));
        var minutes = Math.Max(
            FewestMinutes, (int)Math.Ceiling(TimeProvider.System.GetElapsedTime(since).TotalMinutes));
        var lines = Lines();
        Assert.InRange(lines.Count, 1, MostLines * minutes);
        Assert.InRange(lines.Sum(line => line.Length), 1, MostCharacters * minutes);

        List<string> Lines() =>
        [
            .. app.Output[printed..].Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !DailyWork.Any(said => line.Contains(said, StringComparison.Ordinal))),
        ];
    }

    static Task<AzuriteEmulator> StartTablesAsync(TemporaryFolder folder, int port) => AzuriteEmulator.StartAsync(
        new AzuriteEmulatorOptions { ToolsFolder = LocalState.Tools, DataFolder = folder.Path, Port = port },
        _ => { },
        NullLoggerFactory.Instance,
        TimeProvider.System,
        CancellationToken.None);
}
