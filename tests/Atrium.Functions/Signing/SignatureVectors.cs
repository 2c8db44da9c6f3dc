using System.Text.Json;

namespace Atrium.Functions.Tests.Signing;

/// <summary>signature-vectors.json, which any implementation of the scheme must meet.</summary>
sealed record SignatureVectors(IReadOnlyList<SignatureVector> Vectors, IReadOnlyList<string> VerifierMustReject)
{
    public static SignatureVectors Load() => JsonSerializer.Deserialize<SignatureVectors>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Signing", "signature-vectors.json")), Options)!;

    static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
