using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace Atrium.EndToEnd;

[Collection(nameof(DefaultApp))]
public sealed class TestWebhookTests(DefaultApp started)
{
    const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";

    [Fact]
    public async Task A_webhook_is_tested_before_and_after_saving_and_the_whole_exchange_comes_back()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (request, _) => request.Path == "/moved" ? 302 : 503;
        await using var app = started.Share();

        var (status, before) = await app.PostAsync(
            $"api/tenants/{app.Tenant}/test-webhook",
            new { url = new Uri(receiver.Url, "/moved"), secret = Secret, @event = "visitor.checked_in" });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            (302, "http"),
            (before.GetProperty("response").GetProperty("status").GetInt32(),
            before.GetProperty("errorClass").GetString()));
        Assert.True(before.GetProperty("timings").GetProperty("total").GetDouble() > 0);
        Assert.Contains(
            "redirects are not followed", before.GetProperty("explanation").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, before.GetRawText(), StringComparison.Ordinal);

        var subscribed = await app.SubscribeAsync(
            new Uri(receiver.Url, "/hook"), ["visitor.checked_out"], generateSecret: true);
        var (_, after) = await app.PostAsync(
            $"api/tenants/{app.Tenant}/subscriptions/{subscribed.Id}/test", new { @event = "visitor.checked_in" });
        Assert.Equal(503, after.GetProperty("response").GetProperty("status").GetInt32());

        var requests = await receiver.NextAsync(2);
        Assert.All(requests, request => Assert.Equal("true", request.Headers["webhook-test"]));
        foreach (var (request, shown) in requests.Zip([before, after]))
        {
            Assert.Equal(
                Encoding.UTF8.GetString(request.Body), shown.GetProperty("request").GetProperty("body").GetString());
            Assert.All(
                shown.GetProperty("request").GetProperty("headers").EnumerateArray(),
                header => Assert.Equal(
                    request.Headers[header.GetProperty("name").GetString()!], header.GetProperty("value").GetString()));
        }

        // Neither was an attempt: nothing is recorded, and a retry would have been.
        Assert.Empty(
            (await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions/{subscribed.Id}/attempts"))
            .GetProperty("items").EnumerateArray());

        // What the receiver got verifies, by the app's own helper too.
        var signed = requests[1];
        var body = Encoding.UTF8.GetString(signed.Body);
        Assert.Equal(
            (true, null),
            await VerifyAsync(app, new { headers = signed.Headers, body, subscriptionId = subscribed.Id }));
        Assert.Equal(
            (true, null),
            await VerifyAsync(
            app, new
            {
                headers = signed.Headers,
                bodyBase64 = Convert.ToBase64String(signed.Body),
                secret = subscribed.Secret
            }));
        Assert.Equal(
            (false, "secret"), await VerifyAsync(app, new { headers = signed.Headers, body, secret = Secret }));
        Assert.Equal(
            (false, "body"),
            await VerifyAsync(
            app, new
            {
                headers = signed.Headers,
                body = body.Replace(",", ", ", StringComparison.Ordinal),
                secret = subscribed.Secret
            }));
        Assert.Equal(
            (false, "headers"),
            await VerifyAsync(
            app, new { headers = new Dictionary<string, string>(), body, secret = subscribed.Secret }));

        // Nothing is under way, and what the app has said of all of it is here: this line comes after.
        await app.FannedOutAsync(await app.PublishAsync(Events.CheckedIn));
        await app.QuietAsync();
        Assert.Equal(2, receiver.All.Count);
        foreach (var text in new[] { Secret, subscribed.Secret!, "jane.smith", "/moved" })
        {
            Assert.DoesNotContain(text, app.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Too_many_tests_are_answered_with_how_long_to_wait()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        var sent = 0;
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => app.PersistAsync(() =>
        {
            Interlocked.Increment(ref sent);
            return new(HttpMethod.Post, new Uri($"api/tenants/{app.Tenant}/test-webhook", UriKind.Relative))
            {
                Content = JsonContent.Create(new { url = receiver.Url, @event = "visitor.checked_in" }),
            };
        })));

        var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, answer =>
        {
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        });
        // What was sent again, since the worker was late, may have been tested before.
        var tested = answers.Length - refused.Count;
        Assert.InRange(receiver.All.Count, tested, tested + sent - answers.Length);
        Array.ForEach(answers, answer => answer.Dispose());
    }

    static async Task<(bool Valid, string? FailedStep)> VerifyAsync(RunningApp app, object wanted)
    {
        var (status, json) = await app.PostAsync($"api/tenants/{app.Tenant}/verify", wanted);
        Assert.Equal(HttpStatusCode.OK, status);
        return (json.GetProperty("valid").GetBoolean(), json.GetProperty("failedStep").GetString());
    }
}
