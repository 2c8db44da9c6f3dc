using System.Text.Json;
using Atrium.Functions.Notices;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// The functions that set where notices go, between a receiver on this machine and services in memory.
/// </summary>
sealed class NoticesApi : AppRig
{
    NoticesApi(Receiver receiver)
        : base(ToThisMachine) => Receiver = receiver;

    public Receiver Receiver { get; }

    public SubscriptionStore Store => Get<SubscriptionStore>();

    public static async Task<NoticesApi> StartAsync() => new(await Receiver.StartAsync());

    public Task<HttpAnswer> PutAsync(object wanted, string? ifMatch = null, string tenant = Some.Tenant) =>
        CallAsync("PUT", "", wanted, ifMatch, tenant, request =>
            Get<PutNoticesFunction>().RunAsync(request, tenant, default));

    public Task<HttpAnswer> GetAsync(string tenant = Some.Tenant) =>
        CallAsync("GET", "", null, null, tenant, request =>
            Get<GetNoticesFunction>().RunAsync(request, tenant, default));

    public Task<HttpAnswer> DeleteAsync(string? ifMatch = "*", string tenant = Some.Tenant) =>
        CallAsync("DELETE", "", null, ifMatch, tenant, request =>
            Get<DeleteNoticesFunction>().RunAsync(request, tenant, default));

    public Task<HttpAnswer> TestAsync(object wanted, string tenant = Some.Tenant) =>
        CallAsync("POST", "/test", wanted, null, tenant, request =>
            Get<TestNoticesFunction>().RunAsync(request, tenant, default));

    /// <summary>What would sign a notice now, as text, the secret in force first.</summary>
    public async Task<IReadOnlyList<string>> SigningAsync() =>
    [
        .. (await Get<SigningKeys>().GetAsync(
            (await Store.FindAsync(Some.Tenant, SubscriptionId.Notices, default))!.SigningAt(Time.GetUtcNow()),
            default))
            .Select(secret => secret.Reveal()),
    ];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    static Task<HttpAnswer> CallAsync(
        string method, string rest, object? wanted, string? ifMatch, string tenant,
        Func<HttpRequest, Task<IResult>> run)
    {
        var body = wanted is null ? null : BinaryData.FromString(JsonSerializer.Serialize(wanted));
        var request = HttpCall.Of(method, $"/api/tenants/{tenant}/notices{rest}", body);
        request.Headers.IfMatch = ifMatch;
        return HttpCall.AnswerAsync(request, run(request));
    }
}
