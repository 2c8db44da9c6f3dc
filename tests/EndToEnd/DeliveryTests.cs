using System.Security.Cryptography;
using System.Text;
using Atrium.Functions.Signing;
using Azure.Messaging.ServiceBus;
using Xunit.Abstractions;

namespace Atrium.EndToEnd;

[Collection(nameof(DefaultApp))]
public sealed class DeliveryTests(DefaultApp started, ITestOutputHelper output)
{
    static readonly string[] AllEvents = ["*"];

    [Fact]
    public async Task Each_event_type_reaches_each_matching_subscription_once_with_the_exact_body_and_headers()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        var other = $"{app.Tenant}-other";
        await app.SubscribeAsync(new Uri(receiver.Url, "/all"), ["*"], generateSecret: true);
        await app.SubscribeAsync(new Uri(receiver.Url, "/in-and-out"), ["visitor.checked_in", "visitor.checked_out"]);
        await app.SubscribeAsync(new Uri(receiver.Url, "/other-tenant"), ["*"], other);

        foreach (var json in Events.All)
        {
            await app.PublishAsync(json);
        }

        var requests = await receiver.NextAsync(5);
        await app.QuietAsync();
        await app.QuietAsync(other);
        Assert.Equal(5, receiver.All.Count);
        Assert.Equal(
            Events.All.Select(json => ("/all", json)).Concat(Events.All[1..].Select(json => ("/in-and-out", json)))
                .Order(),
            requests.Select(request => (request.Path, Encoding.UTF8.GetString(request.Body))).Order());
        Assert.All(requests, request =>
        {
            Assert.Equal("POST", request.Method);
            Assert.Equal("application/json", request.Headers["Content-Type"]);
            Assert.Equal("Atrium-Webhook/1", request.Headers["User-Agent"]);
            Assert.Matches("^msg_[0-9a-f]{32}$", request.Id);
            Assert.True(long.TryParse(request.Headers["webhook-timestamp"], out _));
            Assert.Equal(request.Path == "/all", request.Headers.ContainsKey("webhook-signature"));
        });
        Assert.Equal(5, requests.Select(request => request.Id).Distinct().Count());
    }

    [Fact]
    public async Task The_signature_verifies_with_the_libraries_of_receivers_and_not_when_a_byte_differs()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        var subscribed = await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
        await app.PublishAsync(Events.CheckedIn);

        var request = (await receiver.NextAsync(1)).Single();

        var changed = request with { Body = [.. request.Body[..^1], (byte)' '] };
        Assert.Equal(
            [Verdict.Taken, Verdict.Refused],
            await ReceiversLibraries.VerifyAsync(
                [(request, subscribed.Secret!), (changed, subscribed.Secret!)], output));
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("csharp-by-hand")]
    [InlineData("javascript")]
    [InlineData("python")]
    [InlineData("node-red")]
    public async Task A_sample_receiver_takes_an_event_and_a_test_of_the_app_and_refuses_those_of_another_secret(
        string sample)
    {
        var secret = SigningSecret.Generate(RandomNumberGenerator.GetBytes).Reveal();
        await using var receiver = await SampleReceiver.StartAsync(sample, secret, output.WriteLine);
        await using var app = started.Share();
        var (_, made) = await app.PostAsync(
            $"api/tenants/{app.Tenant}/subscriptions", new { url = receiver.Address, events = AllEvents, secret });
        var id = made.GetProperty("id").GetString()!;

        Assert.Equal(204, await TestAsync(secret));
        Assert.Equal(401, await TestAsync(SigningSecret.Generate(RandomNumberGenerator.GetBytes).Reveal()));
        await app.PublishAsync(Events.CheckedIn);

        await app.RecordedAsync(id, 1);
        var attempts = await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions/{id}/attempts");
        var attempt = Assert.Single(attempts.GetProperty("items").EnumerateArray());
        Assert.Equal(204, attempt.GetProperty("status").GetInt32());
        var delivery = attempt.GetProperty("deliveryId").GetString()!;
        Assert.Equal([delivery], await receiver.ReceivedUntilAsync(delivery));

        async Task<int> TestAsync(string signedWith)
        {
            var (_, tested) = await app.PostAsync(
                $"api/tenants/{app.Tenant}/test-webhook",
                new { url = receiver.Address, secret = signedWith, @event = "visitor.checked_in" });
            return tested.GetProperty("response").GetProperty("status").GetInt32();
        }
    }

    [Fact]
    public async Task An_event_published_twice_goes_out_once()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        await app.SubscribeAsync(receiver.Url, ["*"]);

        var first = await app.PublishAsync(Events.CheckedIn);
        var second = await app.PublishAsync(Events.CheckedIn);
        var other = await app.PublishAsync(Events.CheckedOut);

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        await receiver.NextAsync(2);
        await app.QuietAsync();
        Assert.Equal(2, receiver.All.Count);
    }

    [Fact]
    public async Task What_is_no_event_is_dead_lettered_on_the_queue_with_what_is_wrong()
    {
        await using var app = started.Share();
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var sender = client.CreateSender("visitor-events");

        await sender.SendMessageAsync(
            new ServiceBusMessage(
            """{"event":"visitor.checked_in","timestamp":"2026-04-15T10:05:00"}""")
            { MessageId = "no-zone" });

        var dead = await app.DeadLetterAsync("visitor-events", message => message.MessageId == "no-zone");
        Assert.Equal("InvalidEvent", dead.DeadLetterReason);
        Assert.Contains("/timestamp", dead.DeadLetterErrorDescription, StringComparison.Ordinal);
        Assert.Contains("/visitor", dead.DeadLetterErrorDescription, StringComparison.Ordinal);
    }
}
