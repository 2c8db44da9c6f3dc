using System.Net;
using System.Text.Json;

namespace Atrium.EndToEnd;

[Collection(nameof(FastApp))]
public sealed class AttemptHistoryTests(FastApp started)
{
    [Fact]
    public async Task What_was_tried_is_shown_newest_first_by_delivery_by_filter_and_to_its_tenant_only()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, number) => number <= 2 ? 503 : 200;
        await using var app = started.Share();
        var subscribed = await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
        var path = $"api/tenants/{app.Tenant}/subscriptions/{subscribed.Id}";
        await app.PublishAsync(Events.CheckedIn);
        await receiver.NextAsync(3);
        await app.PublishAsync(Events.CheckedOut);
        await receiver.NextAsync(3);
        var ids = receiver.All.Select(request => request.Id).Distinct().ToList();
        await app.RecordedAsync(subscribed.Id, 6);

        var all = await app.GetAsync($"{path}/attempts");
        Assert.Equal(
            [(ids[1], 3), (ids[1], 2), (ids[1], 1), (ids[0], 3), (ids[0], 2), (ids[0], 1)],
            Items(all)
                .Select(item => (item.GetProperty("deliveryId").GetString()!, item.GetProperty("attempt").GetInt32())));
        var failed = Items(all)[^1];
        Assert.Equal(
            (503, "http", "Retrying"),
            (failed.GetProperty("status").GetInt32(), failed.GetProperty("errorClass").GetString(),
            failed.GetProperty("outcome").GetString()));
        Assert.NotEqual(JsonValueKind.Null, failed.GetProperty("nextAttemptAt").ValueKind);
        Assert.True(failed.GetProperty("timings").GetProperty("total").GetDouble() > 0);

        var paged = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await app.GetAsync($"{path}/attempts?limit=4{(cursor is null ? "" : $"&cursor={cursor}")}");
            paged.AddRange(Items(page));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(Items(all).Select(item => item.GetRawText()), paged.Select(item => item.GetRawText()));

        Assert.Equal(2, Items(await app.GetAsync($"{path}/attempts?outcome=Delivered")).Count);
        Assert.Empty(Items(await app.GetAsync($"{path}/attempts?waiting=true")));
        var since = Uri.EscapeDataString(Items(all)[2].GetProperty("startedAt").GetString()!);
        Assert.Equal(3, Items(await app.GetAsync($"{path}/attempts?from={since}")).Count);
        Assert.Equal(3, Items(await app.GetAsync($"{path}/attempts?to={since}")).Count);

        var delivery = await app.GetAsync($"{path}/deliveries/{ids[0]}");
        Assert.Equal("Delivered", delivery.GetProperty("outcome").GetString());
        Assert.Equal(
            [503, 503, 200],
            delivery.GetProperty("runs")[0].GetProperty("attempts").EnumerateArray()
            .Select(attempt => attempt.GetProperty("status").GetInt32()));

        foreach (var other in new[] { $"{path}/attempts", $"{path}/deliveries/{ids[0]}" })
        {
            var answer = await app.SendAsync(
                HttpMethod.Get, other.Replace(app.Tenant, "other", StringComparison.Ordinal));
            Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (answer.Status, answer.ContentType));
        }

        Assert.Equal(HttpStatusCode.NoContent, (await app.SendAsync(HttpMethod.Delete, path, ifMatch: "*")).Status);
        Assert.Equal(6, Items(await app.GetAsync($"{path}/attempts")).Count);
    }

    static List<JsonElement> Items(JsonElement page) => [.. page.GetProperty("items").EnumerateArray()];
}
