using Azure.Messaging.ServiceBus;

namespace Atrium.EndToEnd;

public sealed class ReturnParkedTests
{
    [Fact]
    public async Task What_is_parked_ends_with_a_record_and_no_request_when_its_subscription_is_deleted()
    {
        const int Count = 10;
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var app = await RunningApp.StartAsync(state, clockSpeed: 40);
        var id = (await app.SubscribeAsync(receiver.Url, ["*"])).Id;
        await app.PauseAsync(id);
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => app.PublishAsync(Events.CheckedIn, key: $"{i}")));
        await app.ParkedAsync(id, Count);

        var deleted = await app.SendAsync(HttpMethod.Delete, $"api/tenants/default/subscriptions/{id}", ifMatch: "*");
        Assert.Equal(System.Net.HttpStatusCode.NoContent, deleted.Status);

        // Within a minute, of which the clock makes two seconds.
        await app.Process.LineAsync(line => line.Contains("(Resume) ended as Succeeded", StringComparison.Ordinal));

        var attempts = await Attempts.AtLeastAsync(app.Tables, Count);
        Assert.All(
            attempts,
            attempt => Assert.Equal(
            ("SubscriptionDeleted", 1), (attempt.GetString("Outcome"), attempt.GetInt32("Attempt"))));
        Assert.Equal(Count, attempts.Select(attempt => attempt.GetString("DeliveryId")).Distinct().Count());
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var parked = client.CreateReceiver("parked");
        Assert.Null(await parked.PeekMessageAsync());
        Assert.Empty(receiver.All);
    }
}
