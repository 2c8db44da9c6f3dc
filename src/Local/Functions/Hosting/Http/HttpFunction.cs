using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Invocation;

namespace Microsoft.Azure.Functions.Worker.Hosting.Http;

/// <summary>A function behind a route.</summary>
internal sealed class HttpFunction
{
    readonly BoundFunction _function;
    readonly AuthorizationLevel _level;

    /// <exception cref="HostStartException">The route, a parameter, the level or the result is not one that can be served.</exception>
    public HttpFunction(FunctionMethod function, string routePrefix)
    {
        var trigger = (HttpTriggerAttribute)function.Trigger;
        _level = trigger.AuthLevel != AuthorizationLevel.User
            ? trigger.AuthLevel
            : throw function.Refused("the level User is not served here. Ask for Anonymous, Function or Admin.");
        HttpResults.RequireWritable(function);
        Route = Parse(function, routePrefix, trigger.Route ?? function.Name);
        Methods = [.. (trigger.Methods ?? []).Select(method => method.ToUpperInvariant()).Distinct()];
        _function = new(function, parameter => HttpParameters.Source(function, Route, parameter));
    }

    public string Name => _function.Name;

    public RoutePattern Route { get; }

    /// <summary>The methods; none means any.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>Serves a request, to an answer in every case.</summary>
    public async Task ServeAsync(HttpContext http, FunctionKeys keys, FunctionInvoker invoker)
    {
        if (!keys.Admit(_level, http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            await invoker.InvokeAsync(_function, CauseOf(http), http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (Exception failure)
        {
            // The invoker has logged it.
            Answer(http, failure is BadHttpRequestException refused ? refused.StatusCode : StatusCodes.Status500InternalServerError);
        }
    }

    static void Answer(HttpContext http, int status)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = status;
    }

    static Cause CauseOf(HttpContext http) => new(
        http,
        http.Request.RouteValues.ToDictionary(value => value.Key, value => value.Value),
        new ReceivedTrace(Header(http, "traceparent") ?? System.Diagnostics.Activity.Current?.Id, Header(http, "tracestate")))
    {
        Items = new Dictionary<object, object> { [HttpItems.HttpContext] = http },
        Deliver = (_, result) => HttpResults.WriteAsync(http, result),
    };

    static string? Header(HttpContext http, string name) => http.Request.Headers[name] is [{ Length: > 0 } value, ..] ? value : null;

    static RoutePattern Parse(FunctionMethod function, string prefix, string route)
    {
        try
        {
            return RoutePatternFactory.Parse($"{prefix}/{route.TrimStart('/')}".TrimStart('/'));
        }
        catch (RoutePatternException broken)
        {
            throw function.Refused($"its route '{route}' cannot be read: {broken.Message} Correct Route in [HttpTrigger(...)].");
        }
    }
}
