using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Http;

/// <summary>
/// The header by which a client that got no answer can send a request again without its taking effect twice
/// (draft-ietf-httpapi-idempotency-key-header).
/// </summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>In characters; what the draft's examples use is far shorter.</summary>
    public const int MaxLength = 255;

    /// <summary>
    /// How long a key of an event or a subscription is remembered, from its first use: longer than a client repeats a
    /// request.
    /// </summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    /// <returns>The key, null when there is none; or the answer that says what is wrong with it.</returns>
    public static (string? Key, IResult? Refusal) Read(HttpRequest request) => request.Headers[Header] switch
    {
        [] => (null, null),
        [{ Length: > 0 and <= MaxLength } key] when key.All(c => c is >= ' ' and <= '~' and not ',') => (key, null),
        // Two headers of a name are one with a comma in it, once a proxy has joined them (RFC 9110, 5.3).
        _ => (null, Problem.BadRequest(
            ProblemCode.InvalidIdempotencyKey,
            $"Send the header {Header} once, with 1 to {MaxLength} characters of visible ASCII, spaces within but no "
            + "comma: a comma is what two headers of this name become on their way.")),
    };
}
