using System.Net;
using System.Text.Json;

namespace Atrium.Functions.Tests.Fakes;

sealed record HttpAnswer(
    HttpStatusCode Status, string? ContentType, string Location, string RetryAfter, string ETag, string CacheControl,
    string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>What a problem says is at fault.</summary>
    public IReadOnlyList<string> Pointers =>
        [.. Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()!)];
}
