using System.Text.Json.Serialization;

namespace Atrium.Functions.Subscriptions;

/// <summary>A subscription as the admin API shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where its events go.</param>
/// <param name="Events">Which events it takes.</param>
/// <param name="HasSecret">Whether its requests are signed.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="PausedAt">Since when its deliveries are parked; null while it is active.</param>
internal sealed record SubscriptionView(
    string Id, string Url, IReadOnlyList<string> Events, bool HasSecret, DateTimeOffset CreatedAt, DateTimeOffset? PausedAt)
{
    /// <summary>The generated secret: in the answer to the request that had it generated, and never again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary>What the admin should know, when there is something.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Warning { get; init; }

    public static SubscriptionView Of(Subscription subscription) =>
        new(subscription.Id, subscription.Url, subscription.Events, subscription.Secret is not null, subscription.CreatedAt, subscription.PausedAt);
}
