using System.ComponentModel.DataAnnotations;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Access;

/// <summary>
/// Limits signed-in users to their own tenant. Every request has passed the host's check of the function key. One
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

    // On Azure a function gets the value from the host, which has matched the path on its own. If the two ever differ,
    // the request is refused.
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
        AccessDecision.NoTenant => ClientPrincipal.NoTenant(options.Value.TenantClaim),
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

/// <summary>
/// The settings under <c>Access</c>: whether people may call the admin API themselves, and which tenant is theirs.
/// </summary>
internal sealed class AccessOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Access";

    /// <summary>
    /// Whether App Service Authentication is on, and signed-in users are held to the tenant of their claim.
    /// </summary>
    /// <value>False by default: every caller is Atrium's own back end.</value>
    /// <remarks>
    /// Only where App Service Authentication really is on: it takes <see cref="ClientPrincipal.Header"/> off whatever
    /// comes from outside and puts it there itself. Without it anybody could write the header, which is why it is
    /// ignored while this is off.
    /// </remarks>
    public bool SignedInUsers { get; set; }

    /// <summary>The type of the claim that holds the tenant, exactly as App Service passes it on.</summary>
    /// <value><c>tenant</c> by default; not empty.</value>
    public string TenantClaim { get; set; } = "tenant";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SignedInUsers && string.IsNullOrWhiteSpace(TenantClaim))
        {
            yield return new(
                "Access__TenantClaim is empty, and a signed-in user's tenant would be unknown. Name the claim that "
                + "holds it.", [nameof(TenantClaim)]);
        }
    }
}

internal static class AccessServices
{
    /// <summary>Who may call, with the settings checked at start.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services) =>
        services.AddSettings<AccessOptions>(AccessOptions.Section);
}
