using System.Text.Json.Serialization;

namespace Atrium.Functions.Subscriptions;

/// <summary>The requests of this folder.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SubscriptionRequest))]
[JsonSerializable(typeof(SubscriptionSettings))]
[JsonSerializable(typeof(SubscriptionPatch))]
[JsonSerializable(typeof(RotationRequest))]
internal sealed partial class SubscriptionJson : JsonSerializerContext;
