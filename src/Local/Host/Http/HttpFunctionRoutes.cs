using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Local.Host.Http;

/// <summary>Puts HTTP functions on their routes.</summary>
internal static class HttpFunctionRoutes
{
    /// <exception cref="HostStartException">A route has a constraint that does not exist, or two functions have the
    /// same.</exception>
    public static void Map(WebApplication web, IReadOnlyList<HttpFunction> functions, RequestForwarding forwarding)
    {
        RefuseDuplicates(functions);
        var policies = web.Services.GetRequiredService<ParameterPolicyFactory>();
        foreach (var function in functions)
        {
            RefuseUnknownConstraints(function, policies);
            var endpoint = web.Map(function.Route, http => forwarding.ServeAsync(http, function))
                .WithDisplayName(function.Function.Name).WithMetadata(function);
            if (function.Methods.Count > 0)
            {
                endpoint.WithMetadata(new HttpMethodMetadata(function.Methods));
            }
        }
    }

    // Routing would say so at the first request, and to the caller.
    static void RefuseUnknownConstraints(HttpFunction function, ParameterPolicyFactory policies)
    {
        foreach (var parameter in function.Route.Parameters)
        {
            try
            {
                _ = parameter.ParameterPolicies.Select(policy => policies.Create(parameter, policy)).ToList();
            }
            catch (Exception unknown) when (unknown is InvalidOperationException or RouteCreationException)
            {
                throw function.Function.Refused($"in its route '{function.Route.RawText}', {unknown.Message}");
            }
        }
    }

    static void RefuseDuplicates(IReadOnlyList<HttpFunction> functions)
    {
        var taken = new Dictionary<string, HttpFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (var function in functions)
        {
            foreach (var method in function.Methods.DefaultIfEmpty("any"))
            {
                if (!taken.TryAdd($"{method} {function.Route.RawText}", function))
                {
                    var other = taken[$"{method} {function.Route.RawText}"];
                    throw new HostStartException(
                        $"The functions {other.Function.Name} and {function.Function.Name} both take {method} "
                        + $"'{function.Route.RawText}'. Give one of them another route or method.");
                }
            }
        }
    }
}
