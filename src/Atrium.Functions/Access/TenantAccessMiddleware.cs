using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Access;

/// <summary>
/// Holds signed-in users to their own tenant. Every request has passed the host's check of the function key. One
/// without <see cref="ClientPrincipal.Header"/> comes from Atrium's own back end, to which every tenant is open; with
/// it, it comes from a person, if <see cref="AccessOptions.SignedInUsers"/> is on. While that is off the header is
/// ignored, since only App Service Authentication takes it off what comes from outside.
/// </summary>
internal sealed partial class TenantAccessMiddleware(
    IOptions<AccessOptions> options, ILogger<TenantAccessMiddleware> logger) : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (!options.Value.SignedInUsers || context.GetHttpContext() is not { } http
            || !http.Request.Headers.TryGetValue(ClientPrincipal.Header, out var header))
        {
            await next(context);
            return;
        }

        var function = context.FunctionDefinition.Name;
        var decision = TenantAccess.Decide(
            function, ClientPrincipal.Read(header), options.Value.TenantClaim, InRoute(context, http),
            TenantId.AllInQuery(http.Request));
        if (decision == AccessDecision.Allowed)
        {
            await next(context);
            return;
        }

        Log.Refused(logger, function, decision);
        await Problem.Forbidden(Sentence(decision)).ExecuteAsync(http);
    }

    // On Azure a function gets the value from the host, which has matched the path on its own. Should the two ever read
    // it differently, neither is believed.
    static List<string?> InRoute(FunctionContext context, HttpContext http)
    {
        var tenants = new List<string?> { http.GetRouteValue(TenantScope.RouteValue) as string };
        if (context.BindingContext.BindingData.TryGetValue(TenantScope.RouteValue, out var bound))
        {
            tenants.Add(bound?.ToString());
        }

        return tenants;
    }

    string Sentence(AccessDecision decision) => decision switch
    {
        AccessDecision.Unreadable =>
            $"The header {ClientPrincipal.Header} cannot be read. App Service Authentication writes it; nobody else "
            + "should.",
        AccessDecision.NoTenant =>
            $"Your sign-in does not say which tenant is yours: it must have one claim {options.Value.TenantClaim}. Ask "
            + "whoever manages your account.",
        AccessDecision.AnotherTenant =>
            "The request names another tenant than the one that you are signed in for, or none. Name your own.",
        _ => throw new InvalidOperationException($"There is no refusal {decision}."),
    };

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Function}: a signed-in user was refused ({Decision})")]
        public static partial void Refused(ILogger logger, string function, AccessDecision decision);
    }
}
