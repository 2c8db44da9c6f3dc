using System.Text.Json.Serialization;

namespace Atrium.Functions.Subscriptions;

/// <summary>Requests are read strictly: a misspelt field is an error, not a default.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SubscriptionRequest))]
internal sealed partial class SubscriptionJson : JsonSerializerContext;
