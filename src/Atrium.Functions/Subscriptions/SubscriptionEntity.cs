using System.Globalization;
using Atrium.Functions.Contract;
using Atrium.Functions.Secrets;
using Azure.Data.Tables;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// A subscription as a table row, and back. The row names its secrets in the vault, and is written after them.
/// </summary>
internal static class SubscriptionEntity
{
    const string HeaderNames = nameof(HeaderNames);
    const string HeadersName = nameof(HeadersName);
    const string HeadersVersion = nameof(HeadersVersion);
    const string SecretName = nameof(SecretName);
    const string SecretVersion = nameof(SecretVersion);

    public static TableEntity ToEntity(Subscription subscription)
    {
        var entity = new TableEntity(subscription.Tenant, subscription.Id)
        {
            [nameof(Subscription.Url)] = subscription.Url,
            [nameof(Subscription.Events)] = string.Join(',', subscription.Events),
            [nameof(Subscription.CreatedAt)] = subscription.CreatedAt,
        };
        if (subscription.Name is { } name)
        {
            entity[nameof(Subscription.Name)] = name;
        }

        if (subscription.PausedAt is { } pausedAt)
        {
            entity[nameof(Subscription.PausedAt)] = pausedAt;
        }

        if (subscription.Secret is { } secret)
        {
            entity[SecretName] = secret.Name;
            entity[SecretVersion] = secret.Version;
        }

        if (subscription.EarlierSecrets.Count > 0)
        {
            entity[nameof(Subscription.EarlierSecrets)] = string.Join(' ', subscription.EarlierSecrets.Select(Text));
        }

        if (subscription.Headers is { } headers)
        {
            entity[HeaderNames] = string.Join(',', headers.Names);
            entity[HeadersName] = headers.Values.Name;
            entity[HeadersVersion] = headers.Values.Version;
        }

        return entity;
    }

    /// <summary>
    /// Reads a row, whatever is in it. A cell that cannot be read is taken as if it were not there: a later version may
    /// have written it before it was rolled back, or somebody by hand, and the tenant's other subscriptions must go on.
    /// Without its events a subscription takes all, and without its URL every attempt fails as blocked, so that what is
    /// due for it is dead-lettered, and can be replayed once somebody has saved it again.
    /// </summary>
    public static Subscription ToSubscription(TableEntity entity) => new()
    {
        Tenant = entity.PartitionKey,
        Id = entity.RowKey,
        Name = Text(entity, nameof(Subscription.Name)),
        Url = Text(entity, nameof(Subscription.Url)) ?? "",
        Events = Text(entity, nameof(Subscription.Events))?.Split(',') ?? [EventSelection.All],
        CreatedAt = Time(entity, nameof(Subscription.CreatedAt)) ?? DateTimeOffset.UnixEpoch,
        PausedAt = Time(entity, nameof(Subscription.PausedAt)),
        Version = entity.ETag,
        Secret = Reference(entity, SecretName, SecretVersion),
        EarlierSecrets = Text(entity, nameof(Subscription.EarlierSecrets)) is { } earlier
            ? [.. earlier.Split(' ').Select(Earlier).OfType<EarlierSecret>()]
            : [],
        Headers = Text(entity, HeaderNames) is { } names && Reference(entity, HeadersName, HeadersVersion) is { } values
            ? new CustomHeaders(names.Split(','), values)
            : null,
    };

    static string? Text(TableEntity entity, string name) =>
        entity.TryGetValue(name, out var value) ? value as string : null;

    static DateTimeOffset? Time(TableEntity entity, string name) =>
        entity.TryGetValue(name, out var value) ? value as DateTimeOffset? : null;

    // A secret whose name cannot be read is there all the same: a delivery waits for it, and is never sent unsigned.
    static SecretReference? Reference(TableEntity entity, string name, string version) =>
        entity.ContainsKey(name)
            ? new SecretReference(Text(entity, name) ?? "unreadable", Text(entity, version) ?? "")
            : null;

    // Names in the vault hold letters, digits and hyphens only, and versions the like.
    static string Text(EarlierSecret earlier) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{earlier.Reference.Name}/{earlier.Reference.Version}/{earlier.SignsUntil.UtcTicks}");

    static EarlierSecret? Earlier(string text) =>
        text.Split('/') is [var name, var version, var ticks]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
        && until <= DateTimeOffset.MaxValue.Ticks
            ? new EarlierSecret(new SecretReference(name, version), new DateTimeOffset(until, TimeSpan.Zero))
            : null;
}
