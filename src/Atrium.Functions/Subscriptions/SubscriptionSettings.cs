namespace Atrium.Functions.Subscriptions;

/// <summary>What an admin sets of a subscription, as sent. What is null was left out.</summary>
internal sealed record SubscriptionSettings
{
    /// <summary>What the admin calls it.</summary>
    public string? Name { get; init; }

    /// <summary>Where events go.</summary>
    public string? Url { get; init; }

    /// <summary>Which events: names, or <c>["*"]</c>.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>Headers to send along, with their values.</summary>
    public IReadOnlyDictionary<string, string?>? Headers { get; init; }
}
