using System.Net;
using System.Security.Cryptography;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Notices;

public sealed class NoticesTests : IAsyncLifetime
{
    NoticesApi _api = null!;

    public async Task InitializeAsync() => _api = await NoticesApi.StartAsync();

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task They_are_set_shown_and_deleted_with_their_secret()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync()).Status);

        var made = await PutAsync();
        Assert.Equal((HttpStatusCode.Created, "no-store"), (made.Status, made.CacheControl));
        Assert.Equal([made.Json.GetProperty("secret").GetString()!], await _api.SigningAsync());

        var shown = await _api.GetAsync();
        Assert.Equal(HttpStatusCode.OK, shown.Status);
        Assert.Equal(
            (SubscriptionId.Notices, _api.Receiver.Url, true, Some.Time),
            (shown.Json.GetProperty("subscriptionId").GetString(), shown.Json.GetProperty("url").GetString(),
                shown.Json.GetProperty("enabled").GetBoolean(),
                shown.Json.GetProperty("createdAt").GetDateTimeOffset()));
        Assert.False(shown.Json.TryGetProperty("secret", out _));

        Assert.Equal(HttpStatusCode.PreconditionRequired, (await _api.DeleteAsync(null)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await _api.DeleteAsync()).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync()).Status);
        Assert.Empty(_api.Vault.Secrets);
    }

    [Fact]
    public async Task What_was_set_first_without_an_answer_and_changed_by_another_since_keeps_its_secret()
    {
        _api.Tables.AnswerLost = "transaction";
        _api.Tables.AfterLoss = () => _api.PutAsync(new { url = _api.Receiver.Url, enabled = false }, "*");

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync()).Status);

        Assert.False((await _api.GetAsync()).Json.GetProperty("enabled").GetBoolean());
        Assert.Single(await _api.SigningAsync());
    }

    [Fact]
    public async Task A_change_needs_the_version_that_it_was_made_from_and_keeps_the_secret()
    {
        await PutAsync();
        var before = await _api.SigningAsync();
        var off = new { url = _api.Receiver.Url, enabled = false };

        Assert.Equal(HttpStatusCode.PreconditionRequired, (await _api.PutAsync(off)).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _api.PutAsync(off, "\"another\"")).Status);
        var changed = await _api.PutAsync(off, "*");

        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.False(changed.Json.GetProperty("enabled").GetBoolean());
        Assert.False((await _api.GetAsync()).Json.GetProperty("enabled").GetBoolean());
        Assert.Equal(before, await _api.SigningAsync());
    }

    [Fact]
    public async Task What_is_not_there_has_no_version_to_change() =>
        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            (await _api.PutAsync(new { url = _api.Receiver.Url, generateSecret = true }, "*")).Status);

    [Fact]
    public async Task A_new_secret_signs_beside_the_one_until_now_for_a_day()
    {
        await PutAsync();
        var first = Assert.Single(await _api.SigningAsync());

        await _api.PutAsync(new { url = _api.Receiver.Url, secret = Some.Secret.Reveal() }, "*");

        Assert.Equal([Some.Secret.Reveal(), first], await _api.SigningAsync());
        _api.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal([Some.Secret.Reveal()], await _api.SigningAsync());
    }

    [Fact]
    public async Task The_secret_in_force_stays_however_often_it_is_sent()
    {
        await PutAsync();
        var first = Assert.Single(await _api.SigningAsync());

        for (var times = 0; times < 2 * SecretRotation.MaxEarlier; times++)
        {
            await _api.PutAsync(new { url = _api.Receiver.Url, secret = Some.Secret.Reveal() }, "*");
            Assert.Equal([Some.Secret.Reveal(), first], await _api.SigningAsync());
            _api.Time.Advance(TimeSpan.FromHours(2));
        }

        Assert.Equal(2, _api.Vault.Secrets.Count);
        _api.Time.Advance(TimeSpan.FromHours(8));
        Assert.Equal([Some.Secret.Reveal()], await _api.SigningAsync());
    }

    [Fact]
    public async Task What_was_set_without_an_answer_can_be_sent_again()
    {
        var wanted = new { url = _api.Receiver.Url, secret = Some.Secret.Reveal() };
        await _api.PutAsync(wanted);

        var again = await _api.PutAsync(wanted);

        Assert.Equal((HttpStatusCode.OK, (await _api.GetAsync()).ETag), (again.Status, again.ETag));
        Assert.Equal([wanted.secret], await _api.SigningAsync());
        Assert.Equal(
            HttpStatusCode.PreconditionRequired,
            (await _api.PutAsync(wanted with { secret = AnotherSecret() })).Status);
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_can_be_sent_again_and_no_other_can()
    {
        var made = await PutAsync();
        var first = Assert.Single(await _api.SigningAsync());
        var wanted = new { url = "https://elsewhere.example.com/", enabled = false, secret = Some.Secret.Reveal() };
        await _api.PutAsync(wanted, made.ETag);

        var again = await _api.PutAsync(wanted, made.ETag);

        Assert.Equal((HttpStatusCode.OK, (await _api.GetAsync()).ETag), (again.Status, again.ETag));
        Assert.Equal([Some.Secret.Reveal(), first], await _api.SigningAsync());
        Assert.Equal(HttpStatusCode.OK, await AgainAsync(new { wanted.url, wanted.enabled }));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await AgainAsync(wanted with { enabled = true }));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await AgainAsync(wanted with { url = _api.Receiver.Url }));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await AgainAsync(wanted with { secret = AnotherSecret() }));
        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            await AgainAsync(new { wanted.url, wanted.enabled, generateSecret = true }));

        async Task<HttpStatusCode> AgainAsync(object body) => (await _api.PutAsync(body, made.ETag)).Status;
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_nothing_is_stored()
    {
        await AssertRefusedAsync(new { url = _api.Receiver.Url }, "/secret");
        await AssertRefusedAsync(new { url = "ftp://example.com", generateSecret = true }, "/url");
        await AssertRefusedAsync(new { url = _api.Receiver.Url, secret = "short" }, "/secret");
        await AssertRefusedAsync(
            new { url = _api.Receiver.Url, secret = Some.Secret.Reveal(), generateSecret = true }, "/generateSecret");

        Assert.Empty(_api.Vault.Secrets);
    }

    [Fact]
    public async Task A_test_is_a_signed_sample_of_a_notice()
    {
        var secret = SigningSecret.Parse((await PutAsync()).Json.GetProperty("secret").GetString()).Secret!;

        var answer = await _api.TestAsync(new { @event = "webhook.recovered" });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("webhook.recovered", answer.Json.GetProperty("event").GetString());
        var request = Assert.Single(_api.Receiver.Requests);
        Assert.Equal("true", request.Headers["webhook-test"]);
        AssertSignedBy(secret, request);
    }

    [Fact]
    public async Task A_test_is_of_a_notice_and_needs_a_place_to_go_to()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _api.TestAsync(new { @event = "webhook.failing" })).Status);
        await PutAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.TestAsync(new { @event = "visitor.checked_in" })).Status);
        Assert.Empty(_api.Receiver.Requests);
    }

    [Fact]
    public async Task Before_anything_is_set_a_test_takes_the_url_and_the_secret_that_will_be_saved()
    {
        var answer = await _api.TestAsync(
            new { @event = "webhook.failing", url = _api.Receiver.Url, secret = Some.Secret.Reveal() });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        AssertSignedBy(Some.Secret, Assert.Single(_api.Receiver.Requests));
        Assert.Equal(HttpStatusCode.NotFound, (await _api.GetAsync()).Status);
        Assert.Empty(_api.Vault.Secrets);
    }

    [Fact]
    public async Task A_url_that_is_not_saved_yet_is_tested_with_the_stored_secret()
    {
        var elsewhere = new { url = "https://elsewhere.example.com/", secret = Some.Secret.Reveal() };
        Assert.Equal(HttpStatusCode.Created, (await _api.PutAsync(elsewhere)).Status);

        await _api.TestAsync(new { @event = "webhook.failing", url = _api.Receiver.Url });

        AssertSignedBy(Some.Secret, Assert.Single(_api.Receiver.Requests));
        Assert.Equal(elsewhere.url, (await _api.GetAsync()).Json.GetProperty("url").GetString());
    }

    [Fact]
    public async Task A_secret_that_is_not_saved_yet_signs_the_test_alone()
    {
        await PutAsync();

        await _api.TestAsync(new { @event = "webhook.failing", secret = Some.Secret.Reveal() });

        AssertSignedBy(Some.Secret, Assert.Single(_api.Receiver.Requests));
    }

    [Fact]
    public async Task What_is_wrong_with_a_test_of_unsaved_settings_is_named_and_nothing_is_sent()
    {
        await AssertTestRefusedAsync(new { @event = "webhook.failing", url = _api.Receiver.Url }, "/secret");
        await AssertTestRefusedAsync(
            new { @event = "webhook.failing", url = "ftp://example.com", secret = Some.Secret.Reveal() }, "/url");
        await AssertTestRefusedAsync(
            new { @event = "webhook.failing", url = _api.Receiver.Url, secret = "short" }, "/secret");
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await _api.TestAsync(new { @event = "webhook.failing", secret = Some.Secret.Reveal() })).Status);

        Assert.Empty(_api.Receiver.Requests);
    }

    [Fact]
    public async Task It_is_shown_since_when_the_secret_is_in_force()
    {
        await PutAsync();
        _api.Time.Advance(TimeSpan.FromHours(1));
        await _api.PutAsync(new { url = _api.Receiver.Url, enabled = false }, "*");
        Assert.Equal(Some.Time, await SecretCreatedAtAsync());

        await _api.PutAsync(new { url = _api.Receiver.Url, generateSecret = true }, "*");
        Assert.Equal(Some.Time.AddHours(1), await SecretCreatedAtAsync());

        async Task<DateTimeOffset> SecretCreatedAtAsync() =>
            (await _api.GetAsync()).Json.GetProperty("secretCreatedAt").GetDateTimeOffset();
    }

    [Fact]
    public async Task They_are_no_subscription_to_events_that_could_be_listed_shown_or_changed_as_one()
    {
        await PutAsync();
        var (get, delete) = (Request("GET"), Request("DELETE"));

        Assert.Empty(await _api.Store.ListAsync(Some.Tenant, default));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await HttpCall.AnswerAsync(get, _api.Get<GetSubscriptionFunction>().RunAsync(
                get, Some.Tenant, SubscriptionId.Notices, default))).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await HttpCall.AnswerAsync(delete, _api.Get<DeleteSubscriptionFunction>().RunAsync(
                delete, Some.Tenant, SubscriptionId.Notices, default))).Status);
        Assert.Equal(HttpStatusCode.OK, (await _api.GetAsync()).Status);

        static Microsoft.AspNetCore.Http.HttpRequest Request(string method)
        {
            var request = HttpCall.Of(
                method, $"/api/tenants/{Some.Tenant}/subscriptions/{SubscriptionId.Notices}");
            request.Headers.IfMatch = "*";
            return request;
        }
    }

    [Fact]
    public async Task A_webhook_that_fails_is_told_to_notices_that_were_set_anew()
    {
        await _api.Store.AddAsync(Some.Subscription(), default);
        await PutAsync();
        await FailAsync(1);
        await _api.DeleteAsync();
        _api.Time.Advance(TimeSpan.FromDays(10));
        await PutAsync();
        _api.Time.Advance(TimeSpan.FromMinutes(1));
        await FailAsync(2);
        await FailAsync(3);

        Assert.Equal(2, Told.Count);
    }

    [Fact]
    public async Task A_webhook_that_fails_is_told_to_notices_that_were_switched_on_again_and_to_no_others()
    {
        await _api.Store.AddAsync(Some.Subscription(), default);
        await PutAsync();
        await FailAsync(1);
        await SwitchAsync(enabled: true);
        await FailAsync(2);
        Assert.Single(Told);

        await SwitchAsync(enabled: false);
        await FailAsync(3);
        Assert.Single(Told);

        await SwitchAsync(enabled: true);
        await FailAsync(4);
        await FailAsync(5);
        Assert.Equal(2, Told.Count);
        Assert.Equal(2, Told.Select(notice => notice.MessageId).Distinct().Count());
    }

    IReadOnlyList<ServiceBusMessage> Told => _api.Bus.Sender(Queues.Deliveries).Sent;

    async Task SwitchAsync(bool enabled)
    {
        var url = _api.Receiver.Url;
        Assert.Equal(HttpStatusCode.OK, (await _api.PutAsync(new { url, enabled }, "*")).Status);
        _api.Time.Advance(TimeSpan.FromMinutes(1));
    }

    Task FailAsync(int number) => _api.Get<FailureWatch>().FailedForGoodAsync(
        Some.Delivery() with { DeliveryId = $"msg_{number:x32}", Attempt = RetrySchedule.MaxAttempts }, "why",
        default);

    static void AssertSignedBy(SigningSecret secret, ReceiverRequest request) => Assert.Equal(
        StandardWebhooks.Sign(request.Headers["webhook-id"], Some.Time.ToUnixTimeSeconds(), request.Body, [secret]),
        request.Headers["webhook-signature"]);

    static string AnotherSecret() => SigningSecret.Generate(RandomNumberGenerator.GetBytes).Reveal();

    Task<HttpAnswer> PutAsync() => _api.PutAsync(new { url = _api.Receiver.Url, generateSecret = true });

    async Task AssertTestRefusedAsync(object wanted, string pointer) =>
        AssertNames(pointer, await _api.TestAsync(wanted));

    async Task AssertRefusedAsync(object wanted, string pointer) =>
        AssertNames(pointer, await _api.PutAsync(wanted));

    static void AssertNames(string pointer, HttpAnswer answer)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(
            pointer,
            Assert.Single(answer.Json.GetProperty("errors").EnumerateArray()).GetProperty("pointer").GetString());
    }
}
