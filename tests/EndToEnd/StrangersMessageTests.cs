using System.Text;
using System.Text.Json;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;

namespace Atrium.EndToEnd;

/// <summary>Messages as other clients write them, over the wire and through the host.</summary>
[Collection(nameof(BriskApp))]
public sealed class StrangersMessageTests(BriskApp started)
{
    static readonly AmqpMessageBody[] Unusable =
    [
        AmqpMessageBody.FromValue(5), AmqpMessageBody.FromValue(true), AmqpMessageBody.FromValue(new byte[] { 1 }),
        AmqpMessageBody.FromValue(new Dictionary<string, object> { ["a"] = 1 }),
        AmqpMessageBody.FromSequence([[1, "two"]]),
        AmqpMessageBody.FromData([]),
    ];

    [Fact]
    public async Task A_body_that_is_no_byte_section_is_delivered_or_refused_with_a_sentence_and_stops_nothing()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        await app.SubscribeAsync(receiver.Url, ["*"]);
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var events = client.CreateSender("visitor-events");
        await using var deliveries = client.CreateSender("deliveries");

        await events.SendMessageAsync(With(AmqpMessageBody.FromValue(Events.CheckedIn), "as a string"));
        await events.SendMessageAsync(With(
            AmqpMessageBody.FromData([Bytes(Events.CheckedIn[..20]), Bytes(Events.CheckedIn[20..])]),
            "in two segments"));
        await events.SendMessagesAsync(Unusable.Select((body, number) => With(body, $"unusable {number}")));
        await deliveries.SendMessagesAsync(Unusable.Select((body, number) => With(body, $"unusable {number}")));
        await receiver.NextAsync(2);

        Assert.All(receiver.All, request => Assert.Equal(Events.CheckedIn, Encoding.UTF8.GetString(request.Body)));
        await Eventually.TrueAsync(async () =>
        {
            await app.IndexAsync();
            return await CountAsync(app, "visitor-events") == Unusable.Length
                && await CountAsync(app, "deliveries") == Unusable.Length;
        });
        var letters = (await app.GetAsync($"api/tenants/{app.Tenant}/dead-letters?queue=visitor-events"))
            .GetProperty("items");
        Assert.All(
            letters.EnumerateArray(), letter => Assert.Equal("InvalidEvent", letter.GetProperty("reason").GetString()));
        Assert.Contains(letters.EnumerateArray(), letter => Says(letter, "an AMQP value of type map"));
        Assert.Contains(letters.EnumerateArray(), letter => Says(letter, "an AMQP sequence"));

        var replayed = await app.EndAsync(
            await app.StartAsync("dead-letters/replay", new { queue = "visitor-events", all = true }));
        var erased = await app.EndAsync(await app.StartAsync("erase", new { email = "jane.smith@example.com" }));
        var discarded = await app.EndAsync(
            await app.StartAsync("dead-letters/discard", new { queue = "visitor-events", all = true }));

        Assert.Equal((0, Unusable.Length), (Counts(replayed, "taken"), Counts(replayed, "skipped")));
        Assert.Equal("succeeded", erased.GetProperty("state").GetString());
        Assert.Equal(Unusable.Length, Counts(discarded, "taken"));
        Assert.DoesNotContain("failed (invocation", app.Output, StringComparison.Ordinal);

        ServiceBusMessage With(AmqpMessageBody body, string id)
        {
            var message = new ServiceBusMessage
            {
                MessageId = $"{app.Tenant} {id}",
                ApplicationProperties = { ["tenant"] = app.Tenant },
            };
            message.GetRawAmqpMessage().Body = body;
            return message;
        }
    }

    static bool Says(JsonElement letter, string text) =>
        letter.GetProperty("description").GetString()!.Contains(text, StringComparison.Ordinal);

    static int Counts(JsonElement job, string what) => job.GetProperty("counts").GetProperty(what).GetInt32();

    static async Task<int> CountAsync(RunningApp app, string queue) =>
        (await app.GetAsync($"api/tenants/{app.Tenant}/dead-letters/count?queue={queue}")).GetProperty("matching")
            .GetInt32();

    static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
