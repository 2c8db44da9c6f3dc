using System.Text;
using System.Text.Json;

namespace Atrium.Functions.Tests.Access;

/// <summary>The header by which App Service tells who is signed in.</summary>
static class Principal
{
    /// <summary>As App Service writes it, for a user with these claims.</summary>
    public static string Of(params (string Type, string Value)[] claims) => Encode(JsonSerializer.Serialize(new
    {
        auth_typ = "aad",
        claims = claims.Prepend(("name", "Jane Smith")).Select(claim => new { typ = claim.Item1, val = claim.Item2 }),
        name_typ = "name",
        role_typ = "roles",
    }));

    public static string OfTenant(string tenant) => Of(("tenant", tenant));

    public static string Encode(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
}
