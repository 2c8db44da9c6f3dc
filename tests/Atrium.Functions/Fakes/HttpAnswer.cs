using System.Net;
using System.Text.Json;

namespace Atrium.Functions.Tests.Fakes;

sealed record HttpAnswer(HttpStatusCode Status, string? ContentType, string Location, string RetryAfter, string Text)
{
    public string ETag { get; init; } = "";

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;
}
