using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Http;

/// <summary>The header by which a client that got no answer can send a request again without its taking effect twice.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>In characters; what the draft's examples use is far shorter.</summary>
    public const int MaxLength = 255;

    /// <returns>The key, null when there is none; or the answer that says what is wrong with it.</returns>
    public static (string? Key, IResult? Refusal) Read(HttpRequest request) => request.Headers[Header].FirstOrDefault() switch
    {
        "" or { Length: > MaxLength } => (null, Problem.BadRequest($"The header {Header} must have 1 to {MaxLength} characters.")),
        var key => (key, null),
    };
}
