using System.Net;
using System.Text.Json;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Portal;
using Atrium.Functions.Tests.DeadLetters;
using Atrium.Functions.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Tests.Portal;

/// <summary>The portal over queues, tables and a vault in memory.</summary>
sealed class PortalApi : IDisposable
{
    public const string Other = "other";

    readonly DeadLetterApi _letters = new();

    public JobRig Rig => _letters.Rig;

    /// <summary>The dead letters, and what was sent in place of them.</summary>
    public DeadLetterApi Letters => _letters;

    /// <summary>The answer of the last call, with all of its headers.</summary>
    public HttpResponse Response { get; private set; } = null!;

    public Task<HttpAnswer> MakeAsync(object wanted, string tenant = Some.Tenant, Action<HttpRequest>? change = null)
    {
        var request = HttpCall.Of(
            "POST", $"/api/tenants/{tenant}/portal-sessions",
            BinaryData.FromString(wanted as string ?? JsonSerializer.Serialize(wanted)));
        (request.Scheme, request.Host) = ("https", new HostString("hooks.example.com"));
        change?.Invoke(request);
        return HttpCall.AnswerAsync(
            request, Rig.Get<MakePortalSessionFunction>().RunAsync(request, tenant, default));
    }

    public async Task<string> TokenAsync(
        PortalRights rights = PortalRights.All, string tenant = Some.Tenant, string actor = "user-7")
    {
        var answer = await MakeAsync(new { actor, rights = PortalRightNames.Of(rights) }, tenant);
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return answer.Json.GetProperty("token").GetString()!;
    }

    public Task<HttpAnswer> ExpireAllAsync(string tenant = Some.Tenant)
    {
        var request = HttpCall.Of("POST", $"/api/tenants/{tenant}/portal-sessions/expire-all");
        return HttpCall.AnswerAsync(
            request, Rig.Get<ExpirePortalSessionsFunction>().RunAsync(request, tenant, default));
    }

    /// <param name="method">The method.</param>
    /// <param name="path">What follows <c>/api/portal/</c>.</param>
    /// <param name="token">Null for none.</param>
    /// <param name="body">Sent as JSON.</param>
    /// <param name="change">Adds headers.</param>
    public Task<HttpAnswer> CallAsync(
        string method, string path, string? token, object? body = null, Action<HttpRequest>? change = null)
    {
        var json = body is null ? null : BinaryData.FromString(JsonSerializer.Serialize(body));
        var request = HttpCall.Of(method, $"/api/portal/{path}", json);
        request.RouteValues[PortalFunction.RouteValue] = path.Split('?')[0];
        request.Headers.IfMatch = "*";
        if (token is not null)
        {
            request.Headers.Authorization = $"Bearer {token}";
        }

        change?.Invoke(request);
        Response = request.HttpContext.Response;
        return HttpCall.AnswerAsync(request, Rig.Get<PortalFunction>().RunAsync(request, default));
    }

    /// <summary>A body that the operation takes.</summary>
    public static object? BodyFor(string operation) => operation switch
    {
        "CreateSubscription" or "ReplaceSubscription" =>
            new { url = "https://example.com/hook", events = new[] { "*" } },
        "PatchSubscription" => new { name = "CRM" },
        "RotateSecret" => new { },
        "TestSubscription" => new { @event = "visitor.checked_in" },
        "ReplayDeadLetters" or "DiscardDeadLetters" => new { all = true },
        "EraseVisitor" => new { email = "jane@example.com" },
        _ => null,
    };

    /// <summary>A template's path, with ids of things that a tenant has.</summary>
    public async Task<string> PathAsync(PortalRoute route, string tenant)
    {
        var created = await CallAsync(
            "POST", "subscriptions", await TokenAsync(tenant: tenant), BodyFor("CreateSubscription"));
        var subscription = created.Json.GetProperty("id").GetString()!;
        _letters.PutDelivery(change: delivery => delivery with { Tenant = tenant, SubscriptionId = subscription });
        await Rig.IndexAsync();
        var listed = await CallAsync("GET", "dead-letters", await TokenAsync(tenant: tenant));
        var number = listed.Json.GetProperty("items")[0].GetProperty("sequenceNumber").GetString()!;
        var record = Some.Record(AttemptOutcome.Delivered) with { Tenant = tenant, SubscriptionId = subscription };
        await _letters.Attempts.AddAsync(record);
        var ofJobs = route.Template.StartsWith("jobs", StringComparison.Ordinal);
        var id = ofJobs ? (await Rig.StartAsync(tenant: tenant)).Id : subscription;
        return route.Template.Replace("{id}", id, StringComparison.Ordinal)
            .Replace("{deliveryId}", record.DeliveryId, StringComparison.Ordinal)
            .Replace("{queue}", "deliveries", StringComparison.Ordinal)
            .Replace("{sequenceNumber}", number, StringComparison.Ordinal)
            + (route.Operation == "Explain" ? "?event=visitor.checked_in" : "");
    }

    public void Dispose() => _letters.Dispose();
}
