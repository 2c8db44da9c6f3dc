using Atrium.Functions.Contract;
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
    /// Secrets that were rotated, newest first; those whose overlap has ended among them until they are removed.
    /// </summary>
    public IReadOnlyList<EarlierSecret> EarlierSecrets { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when its deliveries are parked; null while it is active.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>Which state of the row this is; a change is refused when the row has another by then.</summary>
    public ETag Version { get; init; }

    public bool Takes(string eventName) => Events.Contains(EventSelection.All) || Events.Contains(eventName);
}

/// <summary>A subscription's custom headers: their names, and where in the vault their values are.</summary>
/// <param name="Names">As the admin wrote them, sorted; never none.</param>
/// <param name="Values">One secret with all values.</param>
internal sealed record CustomHeaders(IReadOnlyList<string> Names, SecretReference Values);

/// <summary>A secret that was rotated, and signs beside the one in force until its overlap ends.</summary>
internal sealed record EarlierSecret(SecretReference Reference, DateTimeOffset SignsUntil);
