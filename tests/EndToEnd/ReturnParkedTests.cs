using Azure.Messaging.ServiceBus;

namespace Atrium.EndToEnd;

[Collection(nameof(FastApp))]
public sealed class ReturnParkedTests(FastApp started)
{
    [Fact]
    public async Task What_is_parked_ends_with_a_record_and_no_request_when_its_subscription_is_deleted()
    {
        const int Count = 10;
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        var id = (await app.SubscribeAsync(receiver.Url, ["*"])).Id;
        await app.PauseAsync(id);
        await app.PublishAsync(Enumerable.Repeat(Events.CheckedIn, Count), key: number => $"{number}");
        await app.ParkedAsync(id, Count);

        var deleted = await app.SendAsync(
            HttpMethod.Delete, $"api/tenants/{app.Tenant}/subscriptions/{id}", ifMatch: "*");
        Assert.Equal(System.Net.HttpStatusCode.NoContent, deleted.Status);

        // Within a minute, of which the clock makes two seconds.
        await app.LoggedAsync($"of tenant {app.Tenant} (Resume) ended as Succeeded");

        var attempts = await Attempts.AtLeastAsync(app.Tables, Count, id);
        Assert.All(
            attempts,
            attempt => Assert.Equal(
            ("SubscriptionDeleted", 1), (attempt.GetString("Outcome"), attempt.GetInt32("Attempt"))));
        Assert.Equal(Count, attempts.Select(attempt => attempt.GetString("DeliveryId")).Distinct().Count());
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var parked = client.CreateReceiver("parked");
        Assert.DoesNotContain(
            await QueuedMessages.PeekAllAsync(parked), message => QueuedMessages.IsOf(message, app.Tenant));
        Assert.Empty(receiver.All);
    }
}
