using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Contract;

/// <summary>The name of a tenant: a key in tables, and a part of routes and of message properties.</summary>
internal static class TenantId
{
    /// <summary>The tenant of an event on the queue whose message names none. HTTP has no default.</summary>
    public const string Default = "default";

    public const int MaxLength = 64;

    /// <summary>The query parameter by which requests name a tenant where the path has none.</summary>
    public const string Parameter = "tenant";

    public const string Rule =
        "A tenant's name has 1 to 64 letters, digits, dots, hyphens or underscores, and is neither . nor .., which no "
        + "path can hold.";

    const string Missing =
        "Name the tenant, such as ?tenant=acme. A function key opens every tenant, so there is no default.";

    // RFC 3986, 5.2.4: clients and servers take them out of a path, so that nobody could ask for such a tenant.
    static readonly string[] DotSegments = [".", ".."];

    public static bool IsValid(string? tenant) =>
        tenant is { Length: > 0 and <= MaxLength } && !DotSegments.Contains(tenant)
        && tenant.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <summary>The tenant that a request names where its path has none.</summary>
    /// <returns>The tenant, or the error.</returns>
    public static (string? Tenant, FieldError? Fault) InQuery(HttpRequest request) => AllInQuery(request) switch
    {
        [] => (null, new FieldError(Parameter, FieldErrorCode.Missing, Missing)),
        [var tenant] when IsValid(tenant) => (tenant, null),
        _ => (null, new FieldError(Parameter, FieldErrorCode.InvalidFormat, Rule)),
    };

    /// <summary>The tenant, as often as a request's query names it.</summary>
    public static IReadOnlyList<string> AllInQuery(HttpRequest request) =>
        [.. request.Query[Parameter].Select(tenant => tenant ?? "")];
}
