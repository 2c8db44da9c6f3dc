using System.Text.Json.Serialization;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Subscriptions;

/// <summary>A subscription as the admin API shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What its admin calls it; null when it has no name.</param>
/// <param name="Url">Where its events go.</param>
/// <param name="Events">Which events it takes.</param>
/// <param name="HeaderNames">The names of its custom headers. Their values can be written, and not read.</param>
/// <param name="HasSecret">Whether its requests are signed.</param>
/// <param name="SecretCreatedAt">Since when the secret is in force; null when there is none, or nobody noted
/// it.</param>
/// <param name="EarlierSecretsSignUntil">When the overlap of each rotated secret ends that still signs, newest secret
/// first.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="PausedAt">Since when its deliveries are parked; null while it is active.</param>
/// <param name="Etag">The tag of its version, for <c>If-Match</c>.</param>
internal sealed record SubscriptionView(
    string Id,
    string? Name,
    string Url,
    IReadOnlyList<string> Events,
    IReadOnlyList<string> HeaderNames,
    bool HasSecret,
    DateTimeOffset? SecretCreatedAt,
    IReadOnlyList<DateTimeOffset> EarlierSecretsSignUntil,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PausedAt,
    string Etag)
{
    /// <summary>What <see cref="Warning"/> says of a subscription without a secret.</summary>
    public const string Unsigned =
        "Without a secret, requests are not signed and the receiver cannot tell them from anybody else's.";

    /// <summary>The generated secret: in the answer to the request that had it generated, and never again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary>What the admin should know, when there is something.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Warning { get; init; }

    public static SubscriptionView Of(Subscription subscription, DateTimeOffset now) => new(
        subscription.Id,
        subscription.Name,
        subscription.Url,
        subscription.Events,
        subscription.Headers?.Names ?? [],
        subscription.Secret is not null,
        subscription.SecretCreatedAt,
        subscription.EarlierSignUntil(now),
        subscription.CreatedAt,
        subscription.PausedAt,
        EntityTag.Of(subscription.Version));
}

/// <summary>Answers that show one subscription, with the tag of its version.</summary>
internal static class SubscriptionAnswer
{
    public static IResult Ok(HttpContext http, Subscription subscription, SubscriptionView view) =>
        TypedResults.Ok(Shown(http, subscription, view));

    public static IResult Created(HttpContext http, Subscription subscription, SubscriptionView view) =>
        TypedResults.Created($"{http.Request.Path.Value!.TrimEnd('/')}/{view.Id}", Shown(http, subscription, view));

    /// <summary>304: the client has this version.</summary>
    public static IResult NotModified(HttpContext http, Subscription subscription)
    {
        EntityTag.Show(http, subscription.Version);
        return TypedResults.StatusCode(StatusCodes.Status304NotModified);
    }

    static SubscriptionView Shown(HttpContext http, Subscription subscription, SubscriptionView view)
    {
        EntityTag.Show(http, subscription.Version);
        if (view.Secret is not null)
        {
            http.Response.Headers.CacheControl = ProblemMiddleware.NotKept;
        }

        return view;
    }
}
