using System.Text.Json.Serialization;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Notices;

/// <summary>Where a tenant wants its notices, as sent.</summary>
internal sealed record NoticesRequest
{
    /// <summary>Where notices go.</summary>
    public string? Url { get; init; }

    /// <summary>A secret of the customer's own.</summary>
    public string? Secret { get; init; }

    /// <summary>Whether to generate a secret.</summary>
    public bool GenerateSecret { get; init; }

    /// <summary>Whether notices are sent; they are if nothing is said.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>Which notice a test sends, and what of it is not saved yet.</summary>
internal sealed record NoticesTestRequest
{
    /// <summary>One of <see cref="NoticeEvent.Names"/>.</summary>
    public string? Event { get; init; }

    /// <summary>Where the sample goes; to the stored URL without it.</summary>
    public string? Url { get; init; }

    /// <summary>What signs the sample; the stored secrets do without it.</summary>
    public string? Secret { get; init; }
}

/// <summary>A tenant's settings for notices, as the admin API shows them.</summary>
/// <param name="SubscriptionId">By which their attempts and dead letters are found.</param>
/// <param name="Url">Where they go.</param>
/// <param name="Enabled">Whether they are sent.</param>
/// <param name="SecretCreatedAt">Since when the secret is in force; null when nobody noted it.</param>
/// <param name="EarlierSecretsSignUntil">When the overlap of each rotated secret ends that still signs, newest secret
/// first.</param>
/// <param name="CreatedAt">When this was first set.</param>
internal sealed record NoticesView(
    string SubscriptionId,
    string Url,
    bool Enabled,
    DateTimeOffset? SecretCreatedAt,
    IReadOnlyList<DateTimeOffset> EarlierSecretsSignUntil,
    DateTimeOffset CreatedAt)
{
    /// <summary>The generated secret. Only the answer to the request that generated it has it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary>With the tag of this version.</summary>
    public static NoticesView Shown(HttpContext http, Subscription notices, DateTimeOffset now, string? secret = null)
    {
        EntityTag.Show(http, notices.Version);
        if (secret is not null)
        {
            http.Response.Headers.CacheControl = ProblemMiddleware.NotKept;
        }

        return new(
            notices.Id,
            notices.Url,
            notices.Takes(NoticeEvent.Failing),
            notices.SecretCreatedAt,
            notices.EarlierSignUntil(now),
            notices.CreatedAt)
        { Secret = secret };
    }
}

/// <summary>Answers that all functions here give.</summary>
internal static class NoticesAnswer
{
    /// <summary>The tenant has not said where its notices go.</summary>
    public static IResult NotFound() => Problem.NotFound("The tenant has set no URL for notices.");
}
