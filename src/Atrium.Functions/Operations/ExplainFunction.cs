using Atrium.Functions.Contract;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Operations;

/// <summary>Says where an event would go, without publishing one.</summary>
internal sealed class ExplainFunction(SubscriptionStore subscriptions, IOptions<EgressOptions> egress)
{
    const string EventParameter = "event";

    /// <summary>
    /// <c>GET /api/explain?event=…&amp;tenant=…</c>: why an event of this kind would, or would not, go to each
    /// subscription of the tenant.
    /// </summary>
    [Function("Explain")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "explain")]
        HttpRequest request, CancellationToken cancellationToken)
    {
        var (tenant, fault) = TenantId.InQuery(request);
        return await ExplainAsync(request, tenant, fault, cancellationToken);
    }

    /// <summary>The same for a tenant that is known.</summary>
    public Task<IResult> ExplainAsync(HttpRequest request, string tenant, CancellationToken cancellationToken) =>
        ExplainAsync(request, tenant, null, cancellationToken);

    async Task<IResult> ExplainAsync(
        HttpRequest request, string? tenant, FieldError? fault, CancellationToken cancellationToken)
    {
        var eventName = request.Query[EventParameter].FirstOrDefault() ?? "";
        var errors = FieldError.Found(fault, FieldError.OfChoice(EventParameter, eventName, EventSelection.Names));
        if (tenant is null || errors.Count > 0)
        {
            return Problem.BadQuery(errors);
        }

        var all = await subscriptions.ListAsync(tenant, cancellationToken);
        return TypedResults.Ok(ExplanationView.Of(
            eventName, tenant, [.. all.Select(subscription => RoutingView.Of(subscription, eventName, egress.Value))]));
    }
}

/// <summary>Where an event of a kind would go.</summary>
/// <param name="Event">The event's name.</param>
/// <param name="Tenant">Whose it would be.</param>
/// <param name="Summary">All in one sentence.</param>
/// <param name="Subscriptions">Each subscription of the tenant, oldest first.</param>
internal sealed record ExplanationView(
    string Event, string Tenant, string Summary, IReadOnlyList<RoutingView> Subscriptions)
{
    public static ExplanationView Of(string eventName, string tenant, IReadOnlyList<RoutingView> subscriptions) =>
        new(eventName, tenant, SummaryOf(eventName, subscriptions), subscriptions);

    static string SummaryOf(string eventName, IReadOnlyList<RoutingView> subscriptions)
    {
        if (subscriptions.Count == 0)
        {
            return $"{eventName} would be accepted and go nowhere: the tenant has no subscriptions.";
        }

        int Count(Routing routing) => subscriptions.Count(view => view.Routing == routing.ToString());
        return $"Of {subscriptions.Count} subscriptions, {eventName} would be sent to {Count(Routing.Sent)}, parked "
            + $"for {Count(Routing.Parked)}, blocked for {Count(Routing.Blocked)}, and not be taken by "
            + $"{Count(Routing.NotTaken)}.";
    }
}
