namespace Atrium.Functions.TestWebhooks;

/// <summary>What is to be tested before it is saved.</summary>
internal sealed record TestRequest
{
    /// <summary>Where the sample goes.</summary>
    public string? Url { get; init; }

    /// <summary>The secret that signs it; without one, the sample is not signed.</summary>
    public string? Secret { get; init; }

    /// <summary>Custom headers to send along, with their values.</summary>
    public IReadOnlyDictionary<string, string?>? Headers { get; init; }

    /// <summary>Of which event a sample is sent.</summary>
    public string? Event { get; init; }
}
