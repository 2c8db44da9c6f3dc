using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Azure;

namespace Atrium.Functions.Subscriptions;

/// <summary>Who wants which events, and where.</summary>
internal sealed record Subscription
{
    public required string Tenant { get; init; }
    public required string Id { get; init; }

    /// <summary>What its admin calls it, if anything.</summary>
    public string? Name { get; init; }

    /// <summary>Canonical, and allowed when it was saved; judged again at every request.</summary>
    public required string Url { get; init; }

    /// <summary>Event names, or <see cref="EventSelection.All"/> alone.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>Headers of the customer's own, if the subscription has any.</summary>
    public CustomHeaders? Headers { get; init; }

    /// <summary>The secret in force, if the subscription has one.</summary>
    public SecretReference? Secret { get; init; }

    /// <summary>
    /// Since when that secret is in force; null when there is none, or an earlier version of the app stored it.
    /// </summary>
    public DateTimeOffset? SecretCreatedAt { get; init; }

    /// <summary>
    /// Secrets that were rotated, newest first; those whose overlap has ended among them until they are removed.
    /// </summary>
    public IReadOnlyList<EarlierSecret> EarlierSecrets { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when its deliveries are parked; null while it is active.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>
    /// Of notices: when they were last switched on; null when they were never off, and for a subscription to events.
    /// </summary>
    public DateTimeOffset? EnabledAt { get; init; }

    /// <summary>Set while it fails for good and its tenant has been told; otherwise null.</summary>
    public Failing? Failing { get; init; }

    /// <summary>While it works again: by which it failed before (<see cref="Failing.By"/>); otherwise null.</summary>
    public string? FailedBy { get; init; }

    /// <summary>Which state of the row this is; a change is refused when the row has another by then.</summary>
    public ETag Version { get; init; }

    /// <summary>
    /// Whether a URL has the scheme, host and port of the subscription's: the values of headers were given for these
    /// alone, and must not be shown to whoever answers elsewhere.
    /// </summary>
    public bool HasOriginOf(string? url) =>
        AbsoluteUrl.Of(url) is { } other && AbsoluteUrl.Of(Url) is { } own
        && other.GetLeftPart(UriPartial.Authority) == own.GetLeftPart(UriPartial.Authority);

    /// <summary>Whether a URL is the subscription's, however it is written.</summary>
    public bool HasUrl(string url) =>
        AbsoluteUrl.Of(url) is { } other && other.AbsoluteUri == AbsoluteUrl.Of(Url)?.AbsoluteUri;

    public bool Takes(string eventName) => Events.Contains(EventSelection.All) || Events.Contains(eventName);
}

/// <summary>That a subscription fails for good.</summary>
/// <param name="Since">When the first dead letter since its last success was made.</param>
/// <param name="By">Which run of which delivery that was.</param>
internal sealed record Failing(DateTimeOffset Since, string By);

/// <summary>A subscription's custom headers: their names, and where in the vault their values are.</summary>
/// <param name="Names">As the admin wrote them, sorted; none only when they cannot be read.</param>
/// <param name="Values">One secret with all values.</param>
internal sealed record CustomHeaders(IReadOnlyList<string> Names, SecretReference Values);

/// <summary>A secret that was rotated, and signs beside the one in force until its overlap ends.</summary>
internal sealed record EarlierSecret(SecretReference Reference, DateTimeOffset SignsUntil)
{
    /// <summary>Stands for one that cannot be read: it may sign for as long as any.</summary>
    public static readonly EarlierSecret Unreadable = new(SecretReference.Unreadable, DateTimeOffset.MaxValue);
}

/// <summary>Which of a subscription's secrets sign when. Pure.</summary>
internal static class SecretRotation
{
    /// <summary>
    /// Secrets that may sign beside the one in force: each adds 48 bytes to the header <c>webhook-signature</c>. The
    /// first adds another 48, since the last of several signatures is there twice.
    /// </summary>
    public const int MaxEarlier = 4;

    /// <summary>In hours: a week for customers to take over a new secret.</summary>
    public const int MaxOverlapHours = 168;

    /// <summary>In hours.</summary>
    public const int DefaultOverlapHours = 24;

    /// <summary>What signs at a time; null for a subscription without a secret.</summary>
    public static SigningReferences? SigningAt(this Subscription subscription, DateTimeOffset now) =>
        subscription.Secret is { } current
        ? new SigningReferences(
            current,
            [.. subscription.ReadableAt(now).Select(earlier => earlier.Reference)])
        : null;

    /// <summary>When the rotated secrets that still sign stop, newest secret first.</summary>
    public static IReadOnlyList<DateTimeOffset> EarlierSignUntil(this Subscription subscription, DateTimeOffset now) =>
        [.. subscription.ReadableAt(now).Select(earlier => earlier.SignsUntil)];

    /// <summary>The rotated secrets whose overlap has not ended.</summary>
    public static IEnumerable<EarlierSecret> EarlierAt(this Subscription subscription, DateTimeOffset now) =>
        subscription.EarlierSecrets.Where(earlier => now < earlier.SignsUntil);

    static IEnumerable<EarlierSecret> ReadableAt(this Subscription subscription, DateTimeOffset now) =>
        subscription.EarlierAt(now).Where(earlier => earlier.Reference != SecretReference.Unreadable);

    /// <summary>
    /// The secrets that go on signing beside a new one: none of them longer than the overlap, and none longer than it
    /// had anyway.
    /// </summary>
    /// <param name="same">Those that are the new one under another name. They sign as that.</param>
    public static IReadOnlyList<EarlierSecret> AfterRotation(
        this Subscription subscription, DateTimeOffset now, TimeSpan overlap, IReadOnlyList<SecretReference> same)
    {
        if (overlap == TimeSpan.Zero)
        {
            return [];
        }

        var end = now + overlap;
        var until = subscription.Secret is { } current ? (EarlierSecret[])[new EarlierSecret(current, end)] : [];
        return
        [
            .. until.Concat(subscription.EarlierAt(now))
                .Where(earlier => !same.Contains(earlier.Reference))
                .Select(earlier => earlier with { SignsUntil = earlier.SignsUntil < end ? earlier.SignsUntil : end }),
        ];
    }
}
