using Atrium.Functions.Messaging;
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
    const int NotFound = 404;

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

    // No table is a good answer: it is made with the first subscription.
    Task QueryAsync(CancellationToken cancellationToken) => Ignoring404Async(async () =>
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {NoTenant}");
        await foreach (var _ in tables.GetTableClient(SubscriptionStore.TableName)
            .QueryAsync<TableEntity>(filter, maxPerPage: 1, cancellationToken: cancellationToken))
        {
            break;
        }
    });

    Task ReadAsync(CancellationToken cancellationToken) =>
        Ignoring404Async(() => vault.GetSecretAsync(NoSecret, cancellationToken: cancellationToken));

    static async Task Ignoring404Async(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (RequestFailedException e) when (e.Status == NotFound)
        {
            // It has looked, which is all that was asked.
        }
    }
}
