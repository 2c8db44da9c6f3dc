using System.Text.Json.Serialization;

namespace Atrium.Functions.TestWebhooks;

/// <summary>The requests of this folder.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TestRequest))]
[JsonSerializable(typeof(StoredTestRequest))]
[JsonSerializable(typeof(VerifyRequest))]
internal sealed partial class TestWebhookJson : JsonSerializerContext;
