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
    /// <summary><c>GET /api/explain?event=…&amp;tenant=…</c>: why an event of this kind would, or would not, go to each subscription of the tenant.</summary>
    [Function("Explain")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "explain")] HttpRequest request, CancellationToken cancellationToken)
    {
        var tenant = TenantId.InQuery(request);
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest($"The query parameter '{TenantId.Parameter}' names no tenant. {TenantId.Rule}");
        }

        if (request.Query["event"].FirstOrDefault() is not { } eventName || !EventSelection.Names.Contains(eventName))
        {
            return Problem.BadRequest($"The query parameter 'event' takes one of {string.Join(", ", EventSelection.Names)}.");
        }

        var all = await subscriptions.ListAsync(tenant, cancellationToken);
        return TypedResults.Ok(ExplanationView.Of(eventName, tenant, [.. all.Select(subscription => RoutingView.Of(subscription, eventName, egress.Value))]));
    }
}
