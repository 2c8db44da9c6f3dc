using Atrium.Functions.Messaging;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Azure;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Azure.Security.KeyVault.Secrets;
using Azure.Storage.Blobs;

namespace Atrium.Functions.Operations;

/// <summary>
/// What the app cannot do without, and how each is asked: by a call that it makes in its daily work, with the same
/// rights.
/// </summary>
internal sealed class HealthCheck(
    QueueReceivers receivers, TableServiceClient tables, SecretClient vault, BackupContainer backups, HealthProbe probe)
{
    // No tenant and no secret have these names: tenants' names hold no slash, and the secrets' begin otherwise.
    const string NoTenant = "/";
    const string NoSecret = "health-check";

    /// <summary>Asks all of them at the same time.</summary>
    public Task<DependencyHealth[]> AskAsync(CancellationToken cancellationToken) => Task.WhenAll(
    [
        .. Queues.All.Select(queue => probe.AskAsync(
            $"queue {queue}", Dependency.ServiceBus, stopping => PeekAsync(queue, stopping), cancellationToken)),
        probe.AskAsync("tables", Dependency.Tables, QueryAsync, cancellationToken),
        probe.AskAsync("key vault", Dependency.Vault, ReadAsync, cancellationToken),
        .. Backups().Select(container => probe.AskAsync(
            "backups", Dependency.Blobs,
            stopping => container.GetPropertiesAsync(cancellationToken: stopping), cancellationToken)),
    ]);

    // Locally there are none.
    IEnumerable<BlobContainerClient> Backups() => backups.Blobs is { } container ? [container] : [];

    Task<ServiceBusReceivedMessage?> PeekAsync(string queue, CancellationToken cancellationToken) =>
        receivers.Of(queue).PeekMessageAsync(cancellationToken: cancellationToken);

    async Task QueryAsync(CancellationToken cancellationToken) =>
        await SubscriptionStore.TableOf(tables)
            .QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {NoTenant}"), pageSize: 1, cancellationToken)
            .AnyAsync(cancellationToken);

    async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await vault.GetSecretAsync(NoSecret, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (SecretVault.IsMissing(e))
        {
            // It has looked, which is all that was asked.
        }
    }
}
