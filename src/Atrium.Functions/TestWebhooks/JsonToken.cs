using System.Text.Json;

namespace Atrium.Functions.TestWebhooks;

/// <summary>A part of a JSON document.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">
/// A name or text without its quotes and escapes, or as it is to be written; anything else as it stood there.
/// </param>
internal readonly record struct JsonToken(JsonTokenType Kind, string Text)
{
    public bool IsText => Kind is JsonTokenType.PropertyName or JsonTokenType.String;

    public bool Opens => Kind is JsonTokenType.StartObject or JsonTokenType.StartArray;

    public bool Closes => Kind is JsonTokenType.EndObject or JsonTokenType.EndArray;
}
