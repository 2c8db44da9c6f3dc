using System.Net;
using System.Text.Json;
using Atrium.Functions.Egress;
using Atrium.Functions.Secrets;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.TestWebhooks;
using Atrium.Functions.Tests.Egress;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.TestWebhooks;

/// <summary>The functions that test and verify, between a receiver on this machine and services in memory.</summary>
sealed class TestApi : IAsyncDisposable
{
    readonly EgressClient _egress;
    readonly SigningKeys _keys;
    readonly HeaderValues _headers;
    readonly TestWebhookFunction _test;
    readonly TestSubscriptionFunction _testStored;
    readonly VerifyFunction _verify;

    TestApi(Receiver receiver, bool allowLoopback)
    {
        Receiver = receiver;
        var options = new EgressOptions { AllowLoopback = allowLoopback };
        _egress = new EgressClient(
            options, Time, new RecordingLogger<EgressClient>(),
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.4")]));
        Gate = new TestGate(Time);
        var sending = new TestSending(_egress, Gate, Time, Logger);
        Store = new SubscriptionStore(Tables);
        _keys = new SigningKeys(new SecretVault(Vault), Some.Metrics(), Time, NullLogger<SigningKeys>.Instance);
        _headers = new HeaderValues(new SecretVault(Vault), Some.Metrics(), Time);
        _test = new TestWebhookFunction(sending, Options.Create(options));
        _testStored = new TestSubscriptionFunction(Store, _keys, _headers, sending, Time);
        _verify = new VerifyFunction(Store, _keys, Time);
    }

    public SteppedTime Time { get; } = new(Some.Time);

    public FakeTables Tables { get; } = new();

    public FakeVault Vault { get; } = new();

    public RecordingLogger<TestSending> Logger { get; } = new();

    public TestGate Gate { get; }

    public SubscriptionStore Store { get; }

    public Receiver Receiver { get; }

    public static async Task<TestApi> StartAsync(bool allowLoopback = true) =>
        new(await Receiver.StartAsync(), allowLoopback);

    /// <summary>Saves a subscription to the receiver; an earlier secret signs for an hour.</summary>
    public async Task SubscribeAsync(
        SigningSecret? secret = null, string? url = null, SigningSecret? earlier = null,
        Dictionary<string, string>? headers = null)
    {
        var vault = new SecretVault(Vault);
        await Store.AddAsync(Some.Subscription() with
        {
            Url = url ?? Receiver.Url,
            Secret = secret is null ? null : await vault.StoreAsync(Some.Owner, secret, default),
            EarlierSecrets = earlier is null
                ? []
                : [new EarlierSecret(await vault.StoreAsync(Some.Owner, earlier, default), Some.Time.AddHours(1))],
            Headers = headers is null
                ? null
                : new CustomHeaders([.. headers.Keys], await vault.StoreAsync(Some.Owner, headers, default)),
        }, default);
    }

    public Task<HttpAnswer> TestAsync(object wanted, string tenant = Some.Tenant)
    {
        var request = Post($"/api/tenants/{tenant}/test-webhook", wanted);
        return HttpCall.AnswerAsync(request, _test.RunAsync(request, tenant, default));
    }

    public Task<HttpAnswer> TestStoredAsync(object wanted, string tenant = Some.Tenant, string id = Some.SubscriptionId)
    {
        var request = Post($"/api/tenants/{tenant}/subscriptions/{id}/test", wanted);
        return HttpCall.AnswerAsync(request, _testStored.RunAsync(request, tenant, id, default));
    }

    public Task<HttpAnswer> VerifyAsync(object wanted, string tenant = Some.Tenant)
    {
        var request = Post($"/api/tenants/{tenant}/verify", wanted);
        return HttpCall.AnswerAsync(request, _verify.RunAsync(request, tenant, default));
    }

    public async ValueTask DisposeAsync()
    {
        _egress.Dispose();
        _keys.Dispose();
        _headers.Dispose();
        await Receiver.DisposeAsync();
    }

    static Microsoft.AspNetCore.Http.HttpRequest Post(string path, object wanted) =>
        HttpCall.Of("POST", path, BinaryData.FromString(wanted as string ?? JsonSerializer.Serialize(wanted)));
}
