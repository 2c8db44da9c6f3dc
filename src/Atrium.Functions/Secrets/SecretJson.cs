using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Atrium.Functions.Secrets;

/// <summary>Header values as they lie in the vault.</summary>
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class SecretJson : JsonSerializerContext
{
    /// <summary>Escapes what JSON must escape and no more, since the vault takes 25 KB.</summary>
    public static SecretJson Readable { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
