using System.Globalization;
using Azure.Data.Tables;

namespace Atrium.EndToEnd;

/// <summary>
/// What is kept for how long. Old data is what lies there from before; the clean-up of the night is run at once.
/// </summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task Attempts_are_kept_for_thirty_days_and_dropped_with_the_week_that_is_older()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var app = await RunningApp.StartAsync(state);
        var id = (await app.SubscribeAsync(receiver.Url, ["*"])).Id;
        await app.PublishAsync(Events.CheckedIn);
        await app.RecordedAsync(id, 1);
        // Whatever day has begun meanwhile.
        var now = Assert.Single(await TimesAsync(app, id));
        // A week that ended 30 days ago, if only just, and one that did not.
        var (expired, kept) = (now.AddDays(-37), now.AddDays(-29));
        await CopyAttemptsAsync(app, now, expired);
        await CopyAttemptsAsync(app, now, kept);
        Assert.Equal([now.Date, kept.Date, expired.Date], (await TimesAsync(app, id)).Select(time => time.Date));

        await app.RunTimerAsync("Nightly");
        await app.LoggedAsync($"Dropped the table {Table(expired)}");

        Assert.Equal([now.Date, kept.Date], (await TimesAsync(app, id)).Select(time => time.Date));
        var tables = await new TableServiceClient(app.Tables).QueryAsync().Select(table => table.Name).ToListAsync();
        Assert.DoesNotContain(Table(expired), tables);
        Assert.Contains(Table(kept), tables);
    }

    [Fact]
    public async Task Dead_letters_are_kept_for_ninety_days_and_then_discarded_whosever_they_are()
    {
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        const string Subscription = "sub_0123456789abcdef0123";
        foreach (var (number, days) in new[] { (1, 91), (2, 89) })
        {
            await using var before = await Broker.StartAsync(
                brokerFolder, time: new ShiftedTime(TimeSpan.FromDays(days)));
            await before.PutDeadLettersAsync(
                "deliveries", [FailedDeliveries.Of(number, Subscription, $"tenant-{number}")], "AttemptsExhausted");
        }

        await using var broker = await Broker.StartAsync(brokerFolder);
        Assert.Equal(2, (await broker.DeadLettersAsync("deliveries")).Count);
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);

        await app.IndexAsync();
        await app.RunTimerAsync("Nightly");
        await app.LoggedAsync("Discarding message", FailedDeliveries.IdOf(1));
        await app.LoggedAsync("(Discard) ended as Succeeded", ": 1 messages taken");

        Assert.Equal(
            FailedDeliveries.IdOf(2), Assert.Single(await broker.DeadLettersAsync("deliveries")).CorrelationId);
        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.DoesNotContain(FailedDeliveries.IdOf(2), app.Process.Output, StringComparison.Ordinal);
    }

    /// <summary>
    /// Copies the attempts of one time's table into that of another, as they would have been recorded then.
    /// </summary>
    static async Task CopyAttemptsAsync(RunningApp app, DateTimeOffset now, DateTimeOffset then)
    {
        var service = new TableServiceClient(app.Tables);
        var rows = await service.GetTableClient(Table(now)).QueryAsync<TableEntity>().ToListAsync();
        var table = service.GetTableClient(Table(then));
        await table.CreateIfNotExistsAsync();
        foreach (var row in rows.Where(row => row.RowKey.StartsWith("t|", StringComparison.Ordinal)))
        {
            var key = row.RowKey.Split('|');
            key[1] = (DateTime.MaxValue.Ticks - then.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
            var copy = new TableEntity(row) { RowKey = string.Join('|', key) };
            (copy["StartedAt"], copy["RunStartedAt"], copy["DueAt"]) = (then, then, then);
            await table.AddEntityAsync(copy);
        }
    }

    /// <summary>When the attempts that the app shows began, in UTC.</summary>
    static async Task<IEnumerable<DateTimeOffset>> TimesAsync(RunningApp app, string id)
    {
        var page = await app.GetAsync($"api/tenants/default/subscriptions/{id}/attempts");
        return page.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("startedAt").GetDateTimeOffset().ToUniversalTime());
    }

    static string Table(DateTimeOffset time) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Attempts{ISOWeek.GetYear(time.UtcDateTime):D4}W{ISOWeek.GetWeekOfYear(time.UtcDateTime):D2}");
}
