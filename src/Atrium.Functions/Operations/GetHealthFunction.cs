using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Operations;

/// <summary>Shows whether the app has what it needs.</summary>
internal sealed class GetHealthFunction(HealthCheck check)
{
    /// <summary>
    /// <c>GET /api/health</c>: 200 when each dependency has answered, 503 when one has not. Both name each with how
    /// long it took; a 503 says as well what to do. Each is really asked, each time.
    /// </summary>
    [Function("GetHealth")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "health")]
        HttpRequest request, CancellationToken cancellationToken)
    {
        var all = await check.AskAsync(cancellationToken);
        var unwell = all.Where(dependency => !dependency.Healthy).Select(dependency => dependency.Name).ToList();
        return unwell.Count == 0
            ? TypedResults.Ok(new HealthView(all))
            : Problem.Unavailable($"Not well: {string.Join(", ", unwell)}.", ("dependencies", all));
    }
}

/// <summary>The answer when all is well.</summary>
/// <param name="Dependencies">Each that was asked.</param>
internal sealed record HealthView(IReadOnlyList<DependencyHealth> Dependencies);
