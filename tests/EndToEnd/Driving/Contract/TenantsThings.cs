using System.Net.Http.Json;
using System.Text;

namespace Atrium.EndToEnd;

/// <summary>What a tenant has, by which requests for each operation of the document are made.</summary>
internal sealed record TenantsThings
{
    static readonly string[] AllEvents = ["*"];

    public required string Tenant { get; init; }
    public required Uri Url { get; init; }
    public string SubscriptionId { get; init; } = "";
    public string DeliveryId { get; init; } = "";
    public string JobId { get; init; } = "";
    public string Queue { get; init; } = "";
    public string SequenceNumber { get; init; } = "";
    public string PortalToken { get; init; } = "";

    /// <summary>Which version changes are made from; null to make something that is not there yet.</summary>
    public string? IfMatch { get; init; } = "*";

    /// <summary>A request for an operation about these things, which succeeds when they are there.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="tenant">In whose name; the owner's, unless somebody tries another's path.</param>
    public HttpRequestMessage Request(ContractOperation operation, string? tenant = null)
    {
        tenant ??= Tenant;
        var path = operation.Template.TrimStart('/')
            .Replace("{tenant}", tenant, StringComparison.Ordinal)
            .Replace("jobs/{id}", $"jobs/{JobId}", StringComparison.Ordinal)
            .Replace("subscriptions/{id}", $"subscriptions/{SubscriptionId}", StringComparison.Ordinal)
            .Replace("{deliveryId}", DeliveryId, StringComparison.Ordinal)
            .Replace("{queue}", Queue, StringComparison.Ordinal)
            .Replace("{sequenceNumber}", SequenceNumber, StringComparison.Ordinal);
        Assert.False(
            path.Contains('{', StringComparison.Ordinal),
            $"Say here what the parameters of {operation.Template} stand for, so that its tenants are tried against "
            + "each other.");
        var request = new HttpRequestMessage(
            new HttpMethod(operation.Method), new Uri(path + Query(operation, tenant), UriKind.Relative));
        if (IfMatch is { } version && operation.Takes("header", "If-Match"))
        {
            request.Headers.Add("If-Match", version);
        }

        if (operation.Template.Contains("/portal/", StringComparison.Ordinal))
        {
            request.Headers.Authorization = new("Bearer", PortalToken);
        }

        request.Content = Body(operation);
        return request;
    }

    static string Query(ContractOperation operation, string tenant) =>
        (operation.Takes("query", "tenant"), operation.Id) switch
        {
            (true, "Explain") => $"?event=visitor.checked_in&tenant={tenant}",
            (true, _) => $"?tenant={tenant}",
            _ => "",
        };

    HttpContent? Body(ContractOperation operation) => operation.Id switch
    {
        "Ingest" => new StringContent(Events.CheckedIn, Encoding.UTF8, "application/json"),
        "CreateSubscription" => JsonContent.Create(new { url = Url, events = AllEvents }),
        "ReplaceSubscription" => JsonContent.Create(new { url = Url, events = AllEvents, name = "replaced" }),
        "PatchSubscription" => JsonContent.Create(new { name = "patched" }),
        "RotateSecret" => JsonContent.Create(new { overlapHours = 1 }),
        "TestWebhook" => JsonContent.Create(new { url = Url, @event = "visitor.checked_in" }),
        "TestSubscription" => JsonContent.Create(new { @event = "visitor.checked_in" }),
        "PutNotices" => JsonContent.Create(new { url = Url, generateSecret = true, enabled = false }),
        "TestNotices" => JsonContent.Create(new { @event = "webhook.failing" }),
        "Verify" => JsonContent.Create(
            new { headers = new Dictionary<string, string>(), body = "", subscriptionId = SubscriptionId }),
        "ReplayDeadLetters" or "DiscardDeadLetters" => JsonContent.Create(new { queue = Queue, all = true }),
        "MakePortalSession" => JsonContent.Create(new { actor = "user-7" }),
        "EraseVisitor" => JsonContent.Create(new { email = "jane.smith@example.com" }),
        _ when operation.NeedsBody => throw new NotSupportedException(
            $"Say here what to send to {operation.Id}, so that it is called, and its tenants are tried against each "
            + "other."),
        _ => null,
    };
}
