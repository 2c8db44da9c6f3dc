using Atrium.Functions.Secrets;
using Azure;

namespace Atrium.Functions.Subscriptions;

/// <summary>Who wants which events, and where.</summary>
internal sealed record Subscription
{
    public required string Tenant { get; init; }
    public required string Id { get; init; }

    /// <summary>Canonical, and allowed when it was saved; judged again at every request.</summary>
    public required string Url { get; init; }

    /// <summary>Event names, or <see cref="EventSelection.All"/> alone.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>The secret that signs, if the subscription has one.</summary>
    public SecretReference? Secret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when its deliveries are parked; null while it is active.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>Which state of the row this is; a change is refused when the row has another by then.</summary>
    public ETag Version { get; init; }
}
