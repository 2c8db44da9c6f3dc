using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>What cells may hold that the app has not written.</summary>
static class ForeignCells
{
    public const string Missing = "missing";

    public static readonly object[] Foreign = [Missing, "text", "99", 5, 5L, 1.5, true, Some.Time, Guid.Empty];

    public static IEnumerable<string> ColumnsOf(TableEntity row) =>
        row.Keys.Except(["PartitionKey", "RowKey", "Timestamp", "odata.etag"]);

    // A table takes no column away but with the whole row.
    public static Task<Response> PutAsync(FakeTable table, TableEntity row, string column, object value)
    {
        // First, since the client converts what takes the place of a value to its type.
        row.Remove(column);
        if (!Equals(value, Missing))
        {
            row[column] = value;
        }

        return table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
    }
}
