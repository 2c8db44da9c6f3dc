using System.Text;

namespace Atrium.EndToEnd;

public sealed class EveryOperationTests
{
    [Fact]
    public async Task Every_operation_of_the_document_is_called_and_answers_with_each_success_that_it_documents()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var app = await RunningApp.StartAsync(state);
        const string tenant = "api/tenants/default";

        await app.PostAsync($"{tenant}/test-webhook", new { url = receiver.Url, @event = "visitor.checked_in" });
        var subscribed = await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
        var path = $"{tenant}/subscriptions/{subscribed.Id}";
        await app.GetAsync($"{tenant}/subscriptions");
        await app.GetAsync(path);
        await app.PostAsync($"{path}/test", new { @event = "visitor.checked_in" });
        await app.GetAsync("api/explain?event=visitor.checked_in&tenant=default");

        await app.PublishAsync(Events.CheckedIn, key: "a-key");
        await receiver.UntilAsync(all => all.Any(request => request.Id.StartsWith("msg_", StringComparison.Ordinal)));
        var delivered = receiver.All.Single(request => request.Id.StartsWith("msg_", StringComparison.Ordinal));
        await app.LoggedAsync("Delivery attempted: Delivered", delivered.Id);
        await app.GetAsync($"{path}/attempts?outcome=Delivered&limit=1");
        await app.GetAsync($"{path}/deliveries/{delivered.Id}");
        await app.PostAsync($"{tenant}/verify", new { headers = delivered.Headers, body = Encoding.UTF8.GetString(delivered.Body), subscriptionId = subscribed.Id });

        Assert.Equal(20, (await app.GetAsync("api/limits")).GetProperty("subscriptions").GetProperty("maxPerTenant").GetInt32());
        await app.HealthyAsync();
        Assert.StartsWith("3.1.", (await app.GetAsync("api/openapi.json")).GetProperty("openapi").GetString(), StringComparison.Ordinal);

        using var deleted = await app.Http.DeleteAsync(new Uri(path, UriKind.Relative));

        Assert.Empty(ApiContract.OfTheApp.Operations.SelectMany(operation => operation.Successes.Select(status => (operation.Id, status))).Except(app.Contract.Seen));
    }
}
