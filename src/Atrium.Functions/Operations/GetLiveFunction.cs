using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Operations;

/// <summary>Shows that the app can be reached.</summary>
internal static class GetLiveFunction
{
    /// <summary>
    /// <c>GET /api/live</c>: 200, without a body. It takes no key and asks nothing of queues, tables or vault: their
    /// failures have alerts of their own, and <c>/api/health</c> reports them.
    /// </summary>
    [Function("GetLive")]
    public static IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "live")] HttpRequest request) =>
        TypedResults.Ok();
}
