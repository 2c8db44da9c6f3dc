using System.Text.Json;
using System.Text.Json.Serialization;

namespace Atrium.Functions.Egress;

internal sealed class ErrorClassConverter : JsonConverter<ErrorClass>
{
    public override ErrorClass Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ErrorClassNames.Parse(reader.TokenType == JsonTokenType.String ? reader.GetString() : null)
        ?? throw new JsonException($"Not an error class. They are: {string.Join(", ", Enum.GetValues<ErrorClass>().Select(e => e.Name()))}.");

    public override void Write(Utf8JsonWriter writer, ErrorClass value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
}
