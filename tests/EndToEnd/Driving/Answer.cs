using System.Net;
using System.Text.Json;

namespace Atrium.EndToEnd;

/// <summary>What the app answered.</summary>
internal sealed record Answer(HttpStatusCode Status, string? ContentType, string? ETag, JsonElement Json);
