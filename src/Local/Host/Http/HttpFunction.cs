using Atrium.Local.Host.Worker;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Atrium.Local.Host.Http;

/// <summary>Who may call a function, as its attribute says.</summary>
internal enum FunctionLevel
{
    Anonymous,
    Function,
    Admin,
}

/// <summary>A function behind a route.</summary>
internal sealed class HttpFunction
{
    public const string Trigger = "httpTrigger";

    /// <exception cref="HostStartException">The route or the level is not one that can be served.</exception>
    public HttpFunction(Function function, string routePrefix)
    {
        Function = function;
        Level = Enum.TryParse<FunctionLevel>(
            function.Text("authLevel") ?? nameof(FunctionLevel.Function), ignoreCase: true, out var level)
            ? level
            : throw function.Refused(
                $"the level {function.Text("authLevel")} is not served here. Ask for Anonymous, Function or Admin.");
        Methods = [.. function.List("methods").Select(method => method.ToUpperInvariant()).Distinct()];
        Route = Parse(routePrefix, function.Text("route") ?? function.Name);
    }

    public Function Function { get; }

    public FunctionLevel Level { get; }

    public RoutePattern Route { get; }

    /// <summary>The methods; none means any.</summary>
    public IReadOnlyList<string> Methods { get; }

    RoutePattern Parse(string prefix, string route)
    {
        try
        {
            return RoutePatternFactory.Parse($"{prefix}/{route.TrimStart('/')}".TrimStart('/'));
        }
        catch (RoutePatternException broken)
        {
            throw Function.Refused(
                $"its route '{route}' cannot be read: {broken.Message} Correct Route in [HttpTrigger(...)].");
        }
    }
}
