using System.Reflection;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Operations;

/// <summary>Shows whether the app has what it needs.</summary>
internal sealed class GetHealthFunction(HealthCheck check)
{
    static readonly string? Commit = HealthView.CommitOf(
        typeof(GetHealthFunction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion);

    /// <summary>
    /// <c>GET /api/health</c>: 200 when each dependency has answered, 503 when one has not. Both name each with how
    /// long it took; a 200 names the commit as well, a 503 what to do. Each is really asked, each time.
    /// </summary>
    [Function("GetHealth")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "health")]
        HttpRequest request, CancellationToken cancellationToken)
    {
        var all = await check.AskAsync(cancellationToken);
        var unwell = all.Where(dependency => !dependency.Healthy).Select(dependency => dependency.Name).ToList();
        return unwell.Count == 0
            ? TypedResults.Ok(new HealthView(Commit, all))
            : Problem.Unavailable($"Not well: {string.Join(", ", unwell)}.", ("dependencies", all));
    }
}

/// <summary>The answer when all is well.</summary>
/// <param name="Commit">What the app was built from; null when that was no clone of the repository.</param>
/// <param name="Dependencies">Each that was asked.</param>
internal sealed record HealthView(string? Commit, IReadOnlyList<DependencyHealth> Dependencies)
{
    /// <summary>The commit in an assembly's version, where the SDK puts it: <c>1.0.0+c3927b4…</c>.</summary>
    public static string? CommitOf(string? version) => version?.Split('+') is [_, var commit] ? commit : null;
}
