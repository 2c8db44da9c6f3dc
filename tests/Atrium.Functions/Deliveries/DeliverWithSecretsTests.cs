using Atrium.Functions.Deliveries;
using Atrium.Functions.Secrets;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class DeliverWithSecretsTests : IAsyncLifetime
{
    static readonly SecretReference Current = new("webhook-x", "v1");
    static readonly SecretReference Earlier = new("webhook-w", "v1");
    static readonly SecretReference HeaderValues = new("webhook-h", "v1");

    DeliveryRig _rig = null!;

    public async Task InitializeAsync()
    {
        _rig = await DeliveryRig.StartAsync();
        _rig.Vault.Put(Current.Name, Current.Version, Some.Secret.Reveal());
        _rig.Vault.Put(
            HeaderValues.Name, HeaderValues.Version, """{"X-Api-Key":"k3y","Authorization":"Bearer \"t\""}""");
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task During_an_overlap_both_secrets_sign_the_new_one_first_and_after_it_the_new_one_alone()
    {
        _rig.Vault.Put(Earlier.Name, Earlier.Version, Some.OtherSecret.Reveal());
        await SubscribeAsync();
        await _rig.RunAsync(Some.Delivery());
        _rig.Time.Advance(TimeSpan.FromHours(1));
        await _rig.RunAsync(Some.Delivery() with { DeliveryId = "msg_00000000000000000000000000000000" });
        Assert.Equal(
            [Signature(_rig.Receiver.Requests[0], Some.Secret, Some.OtherSecret),
                Signature(_rig.Receiver.Requests[1], Some.Secret)],
            _rig.Receiver.Requests.Select(request => request.Headers["webhook-signature"]));
    }

    [Fact]
    public async Task An_earlier_secret_that_is_gone_stops_nothing()
    {
        await SubscribeAsync();
        await _rig.RunAsync(Some.Delivery());
        var request = Assert.Single(_rig.Receiver.Requests);
        Assert.Equal(Signature(request, Some.Secret), request.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task Without_the_secret_in_force_nothing_is_sent_though_an_earlier_one_could_sign()
    {
        _rig.Vault.Put(Earlier.Name, Earlier.Version, Some.OtherSecret.Reveal());
        await SubscribeAsync(current: new("webhook-gone", "v1"));
        await _rig.RunAsync(Some.Delivery());
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Equal((1, 1), (_rig.Scheduled().Attempt, _rig.Scheduled().PutBack));
        Assert.Empty(await _rig.AttemptsAsync());
    }

    [Fact]
    public async Task Custom_headers_arrive_beside_ours()
    {
        await SubscribeAsync();
        await _rig.RunAsync(Some.Delivery());
        var headers = Assert.Single(_rig.Receiver.Requests).Headers;
        Assert.Equal(
            ("k3y", "Bearer \"t\"", Some.DeliveryId),
            (headers["X-Api-Key"], headers["Authorization"], headers["webhook-id"]));
    }

    [Fact]
    public async Task What_an_endpoint_echoes_of_them_is_not_recorded()
    {
        _rig.Vault.Put(HeaderValues.Name, HeaderValues.Version, """{"X-Api-Key":"s3cr3t-k3y"}""");
        _rig.Receiver.Answer = async context =>
        {
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync($"You sent {context.Request.Headers["X-Api-Key"]}");
        };
        await SubscribeAsync();
        await _rig.RunAsync(Some.Delivery());
        Assert.Equal("s3cr3t-k3y", Assert.Single(_rig.Receiver.Requests).Headers["X-Api-Key"]);
        Assert.Equal("You sent ***", Assert.Single(await _rig.AttemptsAsync()).ResponseExcerpt);
    }

    [Fact]
    public async Task A_custom_header_that_came_to_be_reserved_never_takes_the_place_of_ours()
    {
        _rig.Vault.Put(
            HeaderValues.Name, HeaderValues.Version,
            """{"Webhook-Id":"forged","user-agent":"forged","CONTENT-TYPE":"text/plain","X-Fine":"y"}""");
        await SubscribeAsync();
        await _rig.RunAsync(Some.Delivery());
        var headers = Assert.Single(_rig.Receiver.Requests).Headers;
        Assert.Equal(
            (Some.DeliveryId, "Atrium-Webhook/1", "application/json", "y"),
            (headers["webhook-id"], headers["User-Agent"], headers["Content-Type"], headers["X-Fine"]));
    }

    [Fact]
    public async Task Without_the_values_of_its_headers_nothing_is_sent()
    {
        await SubscribeAsync();
        _rig.Vault.Before = call => throw Outages.Unavailable();
        await _rig.RunAsync(Some.Delivery());
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Equal(1, _rig.Scheduled().PutBack);
    }

    [Fact]
    public async Task A_delivery_that_meets_a_secret_just_replaced_is_put_back_and_signed_with_the_new_one()
    {
        await SubscribeAsync();
        // The row is read; then the secret is rotated without an overlap, and the old one leaves the vault, before it
        // is read.
        _rig.Vault.Before = async call =>
        {
            _rig.Vault.Before = _ => Task.CompletedTask;
            _rig.Vault.Put("webhook-new", "v1", Some.OtherSecret.Reveal());
            await _rig.SubscribeAsync(new SecretReference("webhook-new", "v1"));
            await _rig.Vault.StartDeleteSecretAsync(Current.Name);
        };
        await _rig.RunAsync(Some.Delivery());
        Assert.Empty(_rig.Receiver.Requests);

        var again = _rig.Scheduled();
        Assert.Equal(1, again.Attempt);
        _rig.Time.Advance(SubscriptionCache.KeptFor);
        await _rig.RunAsync(again);

        var request = Assert.Single(_rig.Receiver.Requests);
        Assert.Equal(Signature(request, Some.OtherSecret), request.Headers["webhook-signature"]);
        Assert.Equal(
            (1, AttemptOutcome.Delivered),
            (await _rig.AttemptsAsync()).Select(attempt => (attempt.Attempt, attempt.Outcome)).Single());
    }

    [Fact]
    public async Task A_delivery_that_meets_a_subscription_while_it_is_deleted_is_put_back_and_ends_as_deleted()
    {
        await SubscribeAsync();
        // The row is read; then it is deleted, and its secrets with it, before they are read.
        _rig.Vault.Before = async call =>
        {
            _rig.Vault.Before = _ => Task.CompletedTask;
            await _rig.UnsubscribeAsync();
            await _rig.Vault.StartDeleteSecretAsync(Current.Name);
            await _rig.Vault.StartDeleteSecretAsync(HeaderValues.Name);
        };
        await _rig.RunAsync(Some.Delivery());
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Empty(_rig.Actions.DeadLettered);
        Assert.Empty(await _rig.AttemptsAsync());

        var again = _rig.Scheduled();
        _rig.Time.Advance(SubscriptionCache.KeptFor);
        await _rig.RunAsync(again);

        Assert.Empty(_rig.Receiver.Requests);
        Assert.Equal(AttemptOutcome.SubscriptionDeleted, Assert.Single(await _rig.AttemptsAsync()).Outcome);
        Assert.Equal(2, _rig.Actions.Completed.Count);
        Assert.Empty(_rig.Actions.DeadLettered);
    }

    Task SubscribeAsync(SecretReference? current = null) => _rig.SubscribeAsync(Some.Subscription() with
    {
        Secret = current ?? Current,
        EarlierSecrets = [new EarlierSecret(Earlier, Some.Time.AddHours(1))],
        Headers = new CustomHeaders(["X-Api-Key", "Authorization"], HeaderValues),
    });

    static string Signature(ReceiverRequest request, params SigningSecret[] secrets) => StandardWebhooks.Sign(
        request.Headers["webhook-id"],
        long.Parse(request.Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture),
        request.Body, secrets);
}
