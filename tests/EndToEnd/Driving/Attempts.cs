using Azure.Data.Tables;

namespace Atrium.EndToEnd;

/// <summary>What the attempt log holds.</summary>
internal static class Attempts
{
    /// <summary>The attempts of one delivery, in their order.</summary>
    public static async Task<IReadOnlyList<TableEntity>> OfAsync(string tables, string deliveryId) =>
        [.. (await AllAsync(tables)).Where(row => row.GetString("DeliveryId") == deliveryId)
            .OrderBy(row => row.GetInt32("Run")).ThenBy(row => row.GetInt32("Attempt"))];

    /// <summary>
    /// All attempts, or those of one subscription, when there are so many: the record of an attempt comes after its
    /// request.
    /// </summary>
    public static async Task<IReadOnlyList<TableEntity>> AtLeastAsync(
        string tables, int count, string? subscription = null)
    {
        IReadOnlyList<TableEntity> attempts = [];
        await Eventually.TrueAsync(async () =>
        {
            attempts = [.. (await AllAsync(tables))
                .Where(row => subscription is null || row.GetString("SubscriptionId") == subscription)];
            return attempts.Count >= count;
        });
        return attempts;
    }

    /// <summary>All attempts, each once.</summary>
    public static async Task<IReadOnlyList<TableEntity>> AllAsync(string tables)
    {
        var rows = new List<TableEntity>();
        var service = new TableServiceClient(tables);
        await foreach (var table in service.QueryAsync())
        {
            if (table.Name.StartsWith("Attempts", StringComparison.Ordinal))
            {
                await foreach (var row in service.GetTableClient(table.Name)
                    .QueryAsync<TableEntity>("RowKey ge 'd' and RowKey lt 'e'"))
                {
                    rows.Add(row);
                }
            }
        }

        return rows;
    }
}
