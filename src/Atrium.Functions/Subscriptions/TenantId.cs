using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Subscriptions;

/// <summary>What may name a tenant: a key in tables, a part of routes and of message properties.</summary>
internal static class TenantId
{
    /// <summary>Whose an event is when its publisher names no tenant.</summary>
    public const string Default = "default";

    public const int MaxLength = 64;

    /// <summary>The query parameter by which requests name a tenant where the path has none.</summary>
    public const string Parameter = "tenant";

    public const string Rule = "A tenant's name has 1 to 64 letters, digits, dots, hyphens or underscores.";

    public static bool IsValid(string? tenant) =>
        tenant is { Length: > 0 and <= MaxLength } && tenant.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <summary>The tenant that a request names where its path has none.</summary>
    /// <returns><see cref="Default"/> when it names none; the first, when several. It may not be valid.</returns>
    public static string InQuery(HttpRequest request) => AllInQuery(request)[0];

    /// <summary>The tenant, as often as a request's query names it; <see cref="Default"/> when it does not.</summary>
    public static IReadOnlyList<string> AllInQuery(HttpRequest request) =>
        request.Query[Parameter] is { Count: > 0 } named ? [.. named.Select(tenant => tenant ?? "")] : [Default];
}
