namespace Atrium.Functions.TestWebhooks;

/// <summary>A request as a receiver got it, and what should have signed it.</summary>
internal sealed record VerifyRequest
{
    /// <summary>The headers by name, in any case; others than the three are ignored.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The body as text; exactly one of this and <see cref="BodyBase64"/>.</summary>
    public string? Body { get; init; }

    /// <summary>The body's bytes, which no copying and pasting can change.</summary>
    public string? BodyBase64 { get; init; }

    /// <summary>The secret; exactly one of this and <see cref="SubscriptionId"/>.</summary>
    public string? Secret { get; init; }

    /// <summary>The subscription whose secret it is.</summary>
    public string? SubscriptionId { get; init; }
}
