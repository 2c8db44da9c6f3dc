using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>The service's JSON, which leaves out what is not set.</summary>
internal static class VaultJson
{
    public static JsonSerializerOptions Options { get; } = new(
        JsonSerializerDefaults.Web)
    { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static IResult Ok<T>(T answer) => Results.Json(answer, Options);

    /// <summary>The body of a set or an update; null when it is none.</summary>
    public static async Task<SecretChange?> ReadChangeAsync(HttpRequest request)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<SecretChange>(
                request.Body, Options, request.HttpContext.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
