using Atrium.Functions.Secrets;

namespace Atrium.Functions.Subscriptions;

/// <summary>Which of a subscription's secrets sign when. Pure.</summary>
internal static class SecretRotation
{
    /// <summary>
    /// Secrets that may sign beside the one in force: each adds 48 bytes to the header <c>webhook-signature</c>.
    /// </summary>
    public const int MaxEarlier = 4;

    /// <summary>In hours: a week for customers to take over a new secret.</summary>
    public const int MaxOverlapHours = 168;

    /// <summary>In hours.</summary>
    public const int DefaultOverlapHours = 24;

    /// <summary>What signs at a time; null for a subscription without a secret.</summary>
    public static SigningReferences? SigningAt(this Subscription subscription, DateTimeOffset now) =>
        subscription.Secret is { } current
        ? new SigningReferences(current, [.. subscription.EarlierAt(now).Select(earlier => earlier.Reference)])
        : null;

    /// <summary>The rotated secrets whose overlap has not ended.</summary>
    public static IEnumerable<EarlierSecret> EarlierAt(this Subscription subscription, DateTimeOffset now) =>
        subscription.EarlierSecrets.Where(earlier => now < earlier.SignsUntil);

    /// <summary>
    /// The secrets that go on signing beside a new one: none of them longer than the overlap, and none longer than it
    /// had anyway.
    /// </summary>
    public static IReadOnlyList<EarlierSecret> AfterRotation(
        this Subscription subscription, DateTimeOffset now, TimeSpan overlap)
    {
        if (overlap == TimeSpan.Zero)
        {
            return [];
        }

        var end = now + overlap;
        return
        [
            .. subscription.Secret is { } current ? (EarlierSecret[])[new EarlierSecret(current, end)] : [],
            .. subscription.EarlierAt(now)
                .Select(earlier => earlier with { SignsUntil = earlier.SignsUntil < end ? earlier.SignsUntil : end }),
        ];
    }
}
