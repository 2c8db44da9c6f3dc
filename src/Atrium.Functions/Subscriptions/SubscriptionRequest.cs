namespace Atrium.Functions.Subscriptions;

/// <summary>What an admin sends to make a subscription.</summary>
internal sealed record SubscriptionRequest
{
    /// <summary>Where events go.</summary>
    public string? Url { get; init; }

    /// <summary>Which events: names, or <c>["*"]</c>.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>A secret of the customer's own.</summary>
    public string? Secret { get; init; }

    /// <summary>Whether to generate a secret.</summary>
    public bool GenerateSecret { get; init; }
}
