using System.Text.Json;

namespace Atrium.Functions.Tests.Egress;

/// <summary>
/// ssrf-corpus.json: the rule for addresses, and addresses and host forms to hold any implementation against.
/// </summary>
sealed record SsrfCorpus(
    SsrfRule Rule,
    IReadOnlyList<string> Blocked,
    IReadOnlyList<string> Allowed,
    IReadOnlyList<string> HostFormsOfLoopbackOrMetadata)
{
    static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static readonly SsrfCorpus Instance = JsonSerializer.Deserialize<SsrfCorpus>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Egress", "ssrf-corpus.json")),
        SnakeCase)!;
}
