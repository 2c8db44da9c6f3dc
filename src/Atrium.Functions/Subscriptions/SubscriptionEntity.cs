using System.Globalization;
using Atrium.Functions.Secrets;
using Azure.Data.Tables;

namespace Atrium.Functions.Subscriptions;

/// <summary>A subscription as a table row, and back. The row names its secrets in the vault, and is written after them.</summary>
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

    public static Subscription ToSubscription(TableEntity entity) => new()
    {
        Tenant = entity.PartitionKey,
        Id = entity.RowKey,
        Name = entity.GetString(nameof(Subscription.Name)),
        Url = entity.GetString(nameof(Subscription.Url)),
        Events = entity.GetString(nameof(Subscription.Events)).Split(','),
        CreatedAt = entity.GetDateTimeOffset(nameof(Subscription.CreatedAt))!.Value,
        PausedAt = entity.GetDateTimeOffset(nameof(Subscription.PausedAt)),
        Version = entity.ETag,
        Secret = entity.GetString(SecretName) is { } name ? new SecretReference(name, entity.GetString(SecretVersion)) : null,
        EarlierSecrets = entity.GetString(nameof(Subscription.EarlierSecrets)) is { } earlier ? [.. earlier.Split(' ').Select(Earlier)] : [],
        Headers = entity.GetString(HeaderNames) is { } names
            ? new CustomHeaders(names.Split(','), new SecretReference(entity.GetString(HeadersName), entity.GetString(HeadersVersion)))
            : null,
    };

    // Names in the vault hold letters, digits and hyphens only, and versions the like.
    static string Text(EarlierSecret earlier) =>
        $"{earlier.Reference.Name}/{earlier.Reference.Version}/{earlier.SignsUntil.UtcTicks.ToString(CultureInfo.InvariantCulture)}";

    static EarlierSecret Earlier(string text) => text.Split('/') is [var name, var version, var ticks]
        ? new EarlierSecret(new SecretReference(name, version), new DateTimeOffset(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero))
        : throw new FormatException("A row of the subscriptions names an earlier secret in another form than name/version/ticks.");
}
