using System.Text.Json.Serialization;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Erasure;
using Atrium.Functions.Notices;
using Atrium.Functions.Portal;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.TestWebhooks;

namespace Atrium.Functions;

/// <summary>What clients send, and what jobs and messages keep: names in camel case, enums by name, no nulls.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeadLetterFilter))]
[JsonSerializable(typeof(DeadLetterRequest))]
[JsonSerializable(typeof(AttemptRecord))]
[JsonSerializable(typeof(ErasureRequest))]
[JsonSerializable(typeof(ErasureSubject))]
[JsonSerializable(typeof(NoticesRequest))]
[JsonSerializable(typeof(NoticesTestRequest))]
[JsonSerializable(typeof(PortalSessionRequest))]
[JsonSerializable(typeof(RotationRequest))]
[JsonSerializable(typeof(SubscriptionPatch))]
[JsonSerializable(typeof(SubscriptionRequest))]
[JsonSerializable(typeof(SubscriptionSettings))]
[JsonSerializable(typeof(StoredTestRequest))]
[JsonSerializable(typeof(TestRequest))]
[JsonSerializable(typeof(VerifyRequest))]
internal sealed partial class RequestJson : JsonSerializerContext;
