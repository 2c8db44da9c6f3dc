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
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "explain")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (tenant, eventName) = (TenantId.InQuery(request), request.Query[EventParameter].FirstOrDefault() ?? "");
        IReadOnlyList<FieldError> errors =
        [
            .. QueryParameters.Unknown(request.Query, TenantId.Parameter, EventParameter),
            .. TenantId.IsValid(tenant) ? (FieldError[])[] : [new(TenantId.Parameter, TenantId.Rule)],
            .. EventSelection.Names.Contains(eventName) ? (FieldError[])[] : [new(EventParameter, $"The events are {string.Join(", ", EventSelection.Names)}.")],
        ];
        if (errors.Count > 0)
        {
            return Problem.BadQuery(errors);
        }

        var all = await subscriptions.ListAsync(tenant, cancellationToken);
        return TypedResults.Ok(ExplanationView.Of(eventName, tenant, [.. all.Select(subscription => RoutingView.Of(subscription, eventName, egress.Value))]));
    }
}
