using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Operations;

/// <summary>Shows what the product allows.</summary>
internal sealed class GetLimitsFunction(
    IOptions<DeliveryOptions> deliveries,
    EndpointBounds bounds,
    IOptions<EgressOptions> egress,
    IOptions<DeadLetterOptions> deadLetters)
{
    /// <summary><c>GET /api/limits</c>: every bound, with its unit in its name.</summary>
    [Function("GetLimits")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "limits")]
        HttpRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<IResult>(TypedResults.Ok(Limits.Of(deliveries.Value, bounds, egress.Value, deadLetters.Value)));
}
