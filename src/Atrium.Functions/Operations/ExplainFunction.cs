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

    /// <summary><c>GET /api/explain?event=…&amp;tenant=…</c>: why an event of this kind would, or would not, go to each subscription of the tenant.</summary>
    [Function("Explain")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "explain")]
        HttpRequest request, CancellationToken cancellationToken)
    {
        var (tenant, fault) = TenantId.InQuery(request);
        var eventName = request.Query[EventParameter].FirstOrDefault() ?? "";
        var errors = new[]
        {
            fault,
            EventSelection.Names.Contains(eventName)
                ? null
                : new(EventParameter, $"Say which event; the events are {string.Join(", ", EventSelection.Names)}."),
        }.OfType<FieldError>().ToList();
        if (tenant is null || errors.Count > 0)
        {
            return Problem.BadQuery(errors);
        }

        var all = await subscriptions.ListAsync(tenant, cancellationToken);
        return TypedResults.Ok(ExplanationView.Of(eventName, tenant, [.. all.Select(subscription => RoutingView.Of(subscription, eventName, egress.Value))]));
    }
}
