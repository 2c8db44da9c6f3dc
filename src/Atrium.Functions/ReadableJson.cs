using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Atrium.Functions.Portal;

namespace Atrium.Functions;

/// <summary>
/// JSON that escapes only what it must, because the vault takes 25 KB, and a token is sent with every request.
/// </summary>
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(PortalSession))]
internal sealed partial class ReadableJson : JsonSerializerContext
{
    public static ReadableJson Relaxed { get; } = new(
        new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
