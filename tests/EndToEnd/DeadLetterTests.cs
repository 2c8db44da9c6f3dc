using System.Net;
using System.Text.Json;
using Azure.Messaging.ServiceBus;

namespace Atrium.EndToEnd;

[Collection(nameof(BriskApp))]
public sealed class DeadLetterTests(BriskApp started)
{
    [Fact]
    public async Task Dead_letters_are_browsed_counted_replayed_and_discarded_each_tenant_its_own()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, _) => 500;
        await using var app = started.Share();
        var (acme, globex) = (app.Tenant, $"{app.Tenant}-globex");
        var mine = await app.SubscribeAsync(receiver.Url, ["*"], acme, generateSecret: true);
        var theirs = await app.SubscribeAsync(receiver.Url, ["*"], globex);
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var sender = client.CreateSender("deliveries");
        for (var i = 0; i < 10; i++)
        {
            await sender.SendMessageAsync(
                FailedDeliveries.Of(i, i % 2 == 0 ? mine.Id : theirs.Id, i % 2 == 0 ? acme : globex));
            await app.LoggedAsync("goes to the dead-letter queue", FailedDeliveries.IdOf(i));
        }

        await UntilCountedAsync(app, acme, "", 5);
        var first = await app.GetAsync($"api/tenants/{acme}/dead-letters?limit=3");
        var rest = await app.GetAsync(
            $"api/tenants/{acme}/dead-letters?limit=3&cursor={first.GetProperty("nextCursor").GetString()}");
        Assert.Equal([8, 6, 4, 2, 0], Items(first).Concat(Items(rest)).Select(Number));
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("nextCursor").ValueKind);

        // One, with its attempt on record.
        var one = Items(first)[1].GetProperty("sequenceNumber").GetString();
        var details = await app.GetAsync($"api/tenants/{acme}/dead-letters/deliveries/{one}");
        Assert.Equal(
            500, details.GetProperty("delivery").GetProperty("runs")[0].GetProperty("attempts")[0].GetProperty("status")
            .GetInt32());
        var foreign = await app.SendAsync(HttpMethod.Get, $"api/tenants/{globex}/dead-letters/deliveries/{one}");
        Assert.Equal(HttpStatusCode.NotFound, foreign.Status);

        // It goes out as it was, signed by today's secret.
        receiver.Answer = (_, _) => 200;
        var seen = receiver.All.Count;
        var replay = await app.EndAsync(
            await PostEmptyAsync(app, $"api/tenants/{acme}/dead-letters/deliveries/{one}/replay"), acme);
        await receiver.UntilAsync(all => all.Count > seen);
        Assert.Equal(("succeeded", 1), (replay.State(), replay.Taken()));
        Assert.Equal(FailedDeliveries.IdOf(6), receiver.All.Last().Id);
        Assert.True(receiver.All.Last().Headers.ContainsKey("webhook-signature"));

        var discard = await app.EndAsync(
            await app.StartAsync("dead-letters/discard", new { subscriptionId = mine.Id }, acme), acme);
        Assert.Equal(("succeeded", 4), (discard.State(), discard.Taken()));
        await app.LoggedAsync("Discarding message", FailedDeliveries.IdOf(8));
        await UntilCountedAsync(app, acme, "", 0);
        await UntilCountedAsync(app, globex, $"subscription={theirs.Id}", 5);

        var jobs = await app.GetAsync($"api/tenants/{acme}/jobs");
        Assert.Equal(["discard", "replay"], Items(jobs).Select(job => job.GetProperty("kind").GetString()));
        Assert.Empty(Items(await app.GetAsync($"api/tenants/{globex}/jobs")));
    }

    [Fact]
    public async Task A_poison_event_is_repaired_and_a_visitor_is_erased()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        await app.SubscribeAsync(receiver.Url, ["*"]);
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var sender = client.CreateSender("visitor-events");
        await sender.SendMessageAsync(
            Poison(
            "evt-1", Events.CheckedIn.Replace("visitor.checked_in", "visitor.arrived", StringComparison.Ordinal)));
        await sender.SendMessageAsync(Poison("evt-2", """{"visitor":{"email":"Erase.Me@example.com" """));
        await sender.SendMessageAsync(Poison("evt-3", """{"visitor":{"email":"keep.me@example.com"}}"""));
        await app.LoggedAsync("evt-1 goes to the dead-letter queue");
        await app.LoggedAsync("evt-2 goes to the dead-letter queue");
        await app.LoggedAsync("evt-3 goes to the dead-letter queue");
        await UntilCountedAsync(app, app.Tenant, "queue=visitor-events", 3);
        var poison = Items(await app.GetAsync($"api/tenants/{app.Tenant}/dead-letters?queue=visitor-events"))
            .Single(item => item.GetProperty("eventId").GetString() == "evt-1");
        var path = $"dead-letters/visitor-events/{poison.GetProperty("sequenceNumber").GetString()}/replay";

        var (refused, problem) = await app.PostAsync(
            $"api/tenants/{app.Tenant}/{path}", new { @event = "visitor.checked_in" });
        var repair = await app.EndAsync(
            await app.StartAsync(path, JsonSerializer.Deserialize<JsonElement>(Events.CheckedIn)));
        await receiver.NextAsync(1);
        var erase = await app.EndAsync(await app.StartAsync("erase", new { email = "erase.me@example.com" }));

        Assert.Equal(
            (HttpStatusCode.BadRequest, "/timestamp"),
            (refused, problem.GetProperty("errors")[0].GetProperty("pointer").GetString()));
        Assert.Equal(("discard", 1), (repair.GetProperty("kind").GetString(), repair.Taken()));
        Assert.Equal(("succeeded", 1), (erase.State(), erase.Taken()));
        var left = Assert.Single(
            Items(await app.GetAsync($"api/tenants/{app.Tenant}/dead-letters?queue=visitor-events")));
        Assert.Equal("evt-3", left.GetProperty("eventId").GetString());
        await app.QuietAsync();
        Assert.Single(receiver.All);
        // What the app has said of all of it is here when this line is, which comes after.
        await app.FannedOutAsync(await app.PublishAsync(Events.CheckedIn));
        Assert.DoesNotContain("erase.me", app.Output, StringComparison.OrdinalIgnoreCase);

        ServiceBusMessage Poison(string id, string body) =>
            new(body) { MessageId = id, ApplicationProperties = { ["tenant"] = app.Tenant } };
    }

    static JsonElement[] Items(JsonElement page) => [.. page.GetProperty("items").EnumerateArray()];

    static int Number(JsonElement letter) =>
        int.Parse(
        letter.GetProperty("deliveryId").GetString()!["msg_".Length..], System.Globalization.NumberStyles.HexNumber,
        System.Globalization.CultureInfo.InvariantCulture);

    static async Task<string> PostEmptyAsync(RunningApp app, string path)
    {
        var answer = await app.SendAsync(HttpMethod.Post, path, key: RunningApp.NewKey());
        Assert.True(answer.Status == HttpStatusCode.Accepted, $"{answer.Status}: {answer.Json}");
        return answer.Json.GetProperty("id").GetString()!;
    }

    // The app logs that it dead-letters a message before the broker has done it: milliseconds, and no event of ours
    // tells.
    static Task UntilCountedAsync(RunningApp app, string tenant, string query, int expected) =>
        Eventually.TrueAsync(async () =>
        {
            await app.IndexAsync($"dead-letters/count?{query}");
            return (await app.GetAsync($"api/tenants/{tenant}/dead-letters/count?{query}")).GetProperty("matching")
                .GetInt32() == expected;
        });
}
