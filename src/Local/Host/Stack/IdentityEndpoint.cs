using System.Security.Cryptography;
using Atrium.Local.Emulators.KeyVault;
using Azure.Core;
using Azure.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Atrium.Local.Host.Stack;

/// <summary>
/// Where the app gets its tokens, as App Service offers it to a managed identity: the vault emulator's own for the
/// vault, and for everything else what the developer's sign-in gives. So the app signs in locally as it does on Azure.
/// </summary>
internal sealed class IdentityEndpoint(TimeProvider time)
{
    const string Path = "/msi/token";
    const string KeyHeader = "X-IDENTITY-HEADER";

    // What the emulator's challenge names; see BearerChallenge.
    const string VaultResource = "https://localhost";

    /// <summary>What a managed identity's token lives on Azure.</summary>
    static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    readonly string _key = RandomNumberGenerator.GetHexString(32);
    readonly LocalVaultCredential _vault = new();
    readonly DefaultAzureCredential _developer = new();

    public void Map(WebApplication server) => server.MapGet(Path, AnswerAsync);

    /// <summary>The app's settings that lead here, and nowhere else.</summary>
    public IEnumerable<KeyValuePair<string, string>> Settings(Uri server) =>
    [
        new("IDENTITY_ENDPOINT", new Uri(server, Path).AbsoluteUri),
        new("IDENTITY_HEADER", _key),
        // Otherwise variables of the developer's own would be tried first, for a vault that has never heard of them.
        new("AZURE_TOKEN_CREDENTIALS", nameof(ManagedIdentityCredential)),
    ];

    static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    async Task<IResult> AnswerAsync(HttpRequest request, string resource)
    {
        // Any page in a browser on this machine can send requests, but not with this header.
        if (request.Headers[KeyHeader] != _key)
        {
            return Results.Unauthorized();
        }

        TokenCredential credential = resource.TrimEnd('/') == VaultResource ? _vault : _developer;
        try
        {
            var token = await credential.GetTokenAsync(
                new([$"{resource.TrimEnd('/')}/.default"]), request.HttpContext.RequestAborted);
            return Results.Json(new
            {
                access_token = token.Token,
                // No later: who reckons with a time that never comes may end up beyond the last there is.
                expires_on = $"{Earlier(token.ExpiresOn, time.GetUtcNow() + LongestLife).ToUnixTimeSeconds()}",
                resource,
                token_type = "Bearer",
            });
        }
        catch (AuthenticationFailedException failed)
        {
            return Results.Json(
                new { statusCode = StatusCodes.Status400BadRequest, message = failed.Message },
                statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
