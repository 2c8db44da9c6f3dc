using System.Text.Json.Serialization;

namespace Atrium.Functions.DeadLetters;

/// <summary>Requests, and what jobs keep of them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeadLetterFilter))]
[JsonSerializable(typeof(DeadLetterRequest))]
[JsonSerializable(typeof(ErasureRequest))]
[JsonSerializable(typeof(Erasure))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
