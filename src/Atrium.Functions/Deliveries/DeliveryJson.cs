using System.Text.Json.Serialization;

namespace Atrium.Functions.Deliveries;

/// <summary>How an attempt travels in a message: compact, names as in C#'s camel case, enums by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AttemptRecord))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
