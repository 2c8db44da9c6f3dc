using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Azure.Data.Tables;

namespace Atrium.Functions;

/// <summary>
/// Makes the tables that are always there, so that no request of an admin has to. Tables of a week are made with their
/// first row, and so is a table that somebody removes.
/// </summary>
internal sealed class TablesAtStart(TableServiceClient tables) : BackgroundService
{
    static readonly IReadOnlyList<string> Names =
        [SubscriptionStore.TableName, JobStore.TableName, DeadLetterIndex.TableName];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var name in Names)
        {
            try
            {
                await tables.GetTableClient(name).CreateIfNotExistsAsync(stoppingToken);
            }
            catch (Exception e) when (Outage.IsOne(e, stoppingToken))
            {
                // Logged as an outage. Each table is made with its first row then.
            }
        }
    }
}
