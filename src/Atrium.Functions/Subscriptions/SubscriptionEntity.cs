using Atrium.Functions.Secrets;
using Azure.Data.Tables;

namespace Atrium.Functions.Subscriptions;

/// <summary>A subscription as a table row, and back. The row names the version of the secret, and is written after it.</summary>
internal static class SubscriptionEntity
{
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
        if (subscription.PausedAt is { } pausedAt)
        {
            entity[nameof(Subscription.PausedAt)] = pausedAt;
        }

        if (subscription.Secret is { } secret)
        {
            entity[SecretName] = secret.Name;
            entity[SecretVersion] = secret.Version;
        }

        return entity;
    }

    public static Subscription ToSubscription(TableEntity entity) => new()
    {
        Tenant = entity.PartitionKey,
        Id = entity.RowKey,
        Url = entity.GetString(nameof(Subscription.Url)),
        Events = entity.GetString(nameof(Subscription.Events)).Split(','),
        CreatedAt = entity.GetDateTimeOffset(nameof(Subscription.CreatedAt))!.Value,
        PausedAt = entity.GetDateTimeOffset(nameof(Subscription.PausedAt)),
        Version = entity.ETag,
        Secret = entity.GetString(SecretName) is { } name ? new SecretReference(name, entity.GetString(SecretVersion)) : null,
    };
}
