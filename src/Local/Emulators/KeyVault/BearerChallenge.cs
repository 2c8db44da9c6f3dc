using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>
/// Asks for a bearer token as the service does. The client sends its first request without one, to learn where tokens
/// come from. The token is not checked: every program on this machine may use the vault.
/// </summary>
internal static class BearerChallenge
{
    // The client takes the tenant from the path, and sends no token to a vault whose host is not below the resource's.
    const string Challenge =
        "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000\", "
        + $"resource=\"https://{KeyVaultEmulator.ParentDomain}\"";

    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        string? authorization = context.Request.Headers.Authorization;
        if (AuthenticationHeaderValue.TryParse(authorization, out var header)
            && header is { Scheme: var scheme, Parameter.Length: > 0 }
            && scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        context.Response.Headers[HeaderNames.WWWAuthenticate] = Challenge;
        await VaultError.Unauthorized().ExecuteAsync(context);
    }
}
