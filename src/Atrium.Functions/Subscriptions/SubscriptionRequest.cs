namespace Atrium.Functions.Subscriptions;

/// <summary>What an admin sends to make a subscription.</summary>
internal sealed record SubscriptionRequest
{
    /// <inheritdoc cref="SubscriptionSettings.Name"/>
    public string? Name { get; init; }

    /// <inheritdoc cref="SubscriptionSettings.Url"/>
    public string? Url { get; init; }

    /// <inheritdoc cref="SubscriptionSettings.Events"/>
    public IReadOnlyList<string>? Events { get; init; }

    /// <inheritdoc cref="SubscriptionSettings.Headers"/>
    public IReadOnlyDictionary<string, string?>? Headers { get; init; }

    /// <summary>A secret of the customer's own.</summary>
    public string? Secret { get; init; }

    /// <summary>Whether to generate a secret.</summary>
    public bool GenerateSecret { get; init; }

    // A method, so that it is no field of the request.
    public SubscriptionSettings Settings() => new() { Name = Name, Url = Url, Events = Events, Headers = Headers };
}

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
