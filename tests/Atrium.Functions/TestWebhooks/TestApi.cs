using System.Text.Json;
using Atrium.Functions.Secrets;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.TestWebhooks;

namespace Atrium.Functions.Tests.TestWebhooks;

/// <summary>The functions that test and verify, between a receiver on this machine and services in memory.</summary>
sealed class TestApi : AppRig
{
    TestApi(Receiver receiver, bool allowLoopback)
        : base(allowLoopback ? ToThisMachine : null) => Receiver = receiver;

    /// <summary>What tests log.</summary>
    public IReadOnlyList<string> Log => Logged.Of<TestSending>();

    public SubscriptionStore Store => Get<SubscriptionStore>();

    public Receiver Receiver { get; }

    public static async Task<TestApi> StartAsync(bool allowLoopback = true) =>
        new(await Receiver.StartAsync(), allowLoopback);

    /// <summary>Saves a subscription to the receiver; an earlier secret signs for an hour.</summary>
    public async Task SubscribeAsync(
        SigningSecret? secret = null, string? url = null, SigningSecret? earlier = null,
        Dictionary<string, string>? headers = null)
    {
        var vault = Get<SecretVault>();
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
        return HttpCall.AnswerAsync(request, Get<TestWebhookFunction>().RunAsync(request, tenant, default));
    }

    public Task<HttpAnswer> TestStoredAsync(object wanted, string tenant = Some.Tenant, string id = Some.SubscriptionId)
    {
        var request = Post($"/api/tenants/{tenant}/subscriptions/{id}/test", wanted);
        return HttpCall.AnswerAsync(request, Get<TestSubscriptionFunction>().RunAsync(request, tenant, id, default));
    }

    public Task<HttpAnswer> VerifyAsync(object wanted, string tenant = Some.Tenant)
    {
        var request = Post($"/api/tenants/{tenant}/verify", wanted);
        return HttpCall.AnswerAsync(request, Get<VerifyFunction>().RunAsync(request, tenant, default));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    static Microsoft.AspNetCore.Http.HttpRequest Post(string path, object wanted) =>
        HttpCall.Of("POST", path, BinaryData.FromString(wanted as string ?? JsonSerializer.Serialize(wanted)));
}
