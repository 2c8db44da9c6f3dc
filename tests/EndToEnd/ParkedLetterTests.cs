using System.Net;
using System.Text;
using Azure.Messaging.ServiceBus;

namespace Atrium.EndToEnd;

/// <summary>What an admin can do about deliveries that lie parked, and about those of them that failed there.</summary>
[Collection(nameof(BriskApp))]
public sealed class ParkedLetterTests(BriskApp started)
{
    [Fact]
    public async Task A_visitor_is_erased_from_what_is_parked_and_the_others_deliveries_arrive()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        var id = (await app.SubscribeAsync(receiver.Url, ["*"])).Id;
        await app.PauseAsync(id);
        await app.PublishAsync(Events.CheckedIn.Replace("jane.smith", "Erase.Me", StringComparison.Ordinal));
        await app.PublishAsync(Events.CheckedOut);
        await app.ParkedAsync(id, 2);

        var erase = await app.EndAsync(await app.StartAsync("erase", new { email = "erase.me@example.com" }));
        Assert.Equal(("succeeded", 1), (erase.State(), erase.Taken()));
        Assert.Equal(1, await app.CountParkedAsync(id));

        await app.EndAsync(await app.ResumeAsync(id));
        Assert.Equal(Events.CheckedOut, Encoding.UTF8.GetString((await receiver.NextAsync(1))[0].Body));
        await app.QuietAsync();
        Assert.Single(receiver.All);
        // What the app has said of all of it is here when this line is, which comes after.
        await app.FannedOutAsync(await app.PublishAsync(Events.CheckedIn));
        Assert.DoesNotContain("erase.me", app.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Dead_letters_of_parked_are_discarded_and_replayed()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        var id = (await app.SubscribeAsync(receiver.Url, ["*"])).Id;
        await app.PauseAsync(id);
        await app.PublishAsync(Events.CheckedIn);
        await app.ParkedAsync(id, 1);
        await app.PublishAsync(Events.CheckedOut);
        await app.ParkedAsync(id, 2);
        await DeadLetterParkedAsync(app, 2);
        await app.EndAsync(await app.ResumeAsync(id));

        await app.IndexAsync("dead-letters/count?queue=parked");
        var page = await app.GetAsync(
            $"api/tenants/{app.Tenant}/dead-letters?queue=parked&subscription={id}&reason=TooOften");
        var first = page.GetProperty("items")[0];
        Assert.Equal(
            ("parked", "visitor.checked_out"),
            (first.GetProperty("queue").GetString(), first.GetProperty("event").GetString()));
        var discarded = await app.SendAsync(
            HttpMethod.Post,
            $"api/tenants/{app.Tenant}/dead-letters/parked/{first.GetProperty("sequenceNumber").GetString()}/discard");
        Assert.Equal(HttpStatusCode.Accepted, discarded.Status);
        var discard = await app.EndAsync(discarded.Json.GetProperty("id").GetString()!);
        Assert.Equal(
            ("discard", "succeeded", 1), (discard.GetProperty("kind").GetString(), discard.State(), discard.Taken()));
        Assert.Equal(1, await CountAsync(app));
        Assert.Empty(receiver.All);

        var replay = await app.EndAsync(
            await app.StartAsync("dead-letters/replay", new { queue = "parked", all = true }));
        Assert.Equal(("succeeded", 1), (replay.State(), replay.Taken()));
        Assert.Equal(Events.CheckedIn, Encoding.UTF8.GetString((await receiver.NextAsync(1))[0].Body));
        Assert.Equal(0, await CountAsync(app));
        await app.QuietAsync();
        Assert.Single(receiver.All);
    }

    static async Task DeadLetterParkedAsync(RunningApp app, int count)
    {
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var parked = client.CreateReceiver("parked");
        var mine = (await QueuedMessages.PeekAllAsync(parked))
            .Where(message => (string)message.ApplicationProperties["tenant"] == app.Tenant)
            .Select(message => message.SequenceNumber).ToList();
        Assert.Equal(count, mine.Count);
        foreach (var message in await parked.ReceiveDeferredMessagesAsync(mine))
        {
            await parked.DeadLetterMessageAsync(message, "TooOften");
        }
    }

    static async Task<int> CountAsync(RunningApp app) =>
        (await app.GetAsync($"api/tenants/{app.Tenant}/dead-letters/count?queue=parked")).GetProperty("matching")
            .GetInt32();
}
