using System.Text.Json;
using Atrium.Functions.Contract;
using Microsoft.Extensions.Primitives;

namespace Atrium.Functions.Access;

/// <summary>The user whom App Service Authentication has signed in.</summary>
internal sealed class ClientPrincipal
{
    /// <summary>Base64 of <c>{"auth_typ":"aad","claims":[{"typ":"tenant","val":"acme"}],…}</c>.</summary>
    public const string Header = "X-MS-CLIENT-PRINCIPAL";

    // An id of the account, as Entra ID's claim is called, or as any provider's is. Not a name or an address.
    static readonly string[] IdClaims =
    [
        "http://schemas.microsoft.com/identity/claims/objectidentifier",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
    ];

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    readonly IReadOnlyList<(string Type, string Value)> _claims;

    ClientPrincipal(IReadOnlyList<(string Type, string Value)> claims) => _claims = claims;

    /// <returns>Null when it cannot be read.</returns>
    public static ClientPrincipal? Read(StringValues header)
    {
        if (header is not [{ Length: > 0 } encoded])
        {
            return null;
        }

        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length) ? Parse(bytes.AsMemory(0, length)) : null;
    }

    /// <summary>The account's id; null when it has none.</summary>
    public string? Id =>
        IdClaims.Select(type => _claims.FirstOrDefault(claim => claim.Type == type).Value).OfType<string>()
            .FirstOrDefault();

    /// <summary>The user's tenant: what all claims of the type say.</summary>
    /// <returns>Null when there is no such claim, when several differ, or when it names no tenant.</returns>
    public string? TenantBy(string claimType) =>
        _claims.Where(claim => claim.Type == claimType).Select(claim => claim.Value).Distinct().Take(2)
            .ToList() is [var tenant] && TenantId.IsValid(tenant)
            ? tenant
            : null;

    /// <summary>What to say to a user who has no tenant.</summary>
    /// <param name="claimType">Where it was looked for.</param>
    public static string NoTenant(string claimType) =>
        $"Your sign-in does not say which tenant is yours: it must have one claim {claimType}. Ask whoever manages "
        + "your account.";

    static ClientPrincipal? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return new ClientPrincipal([.. document.RootElement.GetProperty("claims").EnumerateArray()
                .Select(claim => (claim.GetProperty("typ").GetString()!, claim.GetProperty("val").GetString()!))]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
