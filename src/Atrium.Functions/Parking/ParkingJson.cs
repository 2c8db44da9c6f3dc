using System.Text.Json.Serialization;

namespace Atrium.Functions.Parking;

/// <summary>How a job's arguments are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ResumeArguments))]
internal sealed partial class ParkingJson : JsonSerializerContext;
