using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Atrium.Functions.Deliveries;

namespace Atrium.Functions.AttemptHistory;

/// <summary>
/// Where a list goes on: a row's key, bound to the tenant, the subscription and the filter of the list that it came from. It grants nothing,
/// since the partition is that of the request's path; the binding tells a client that it has mixed up two lists.
/// </summary>
internal static class AttemptCursor
{
    // A hash of 128 bits in hexadecimal, and the longest key of a list row.
    const int HashLength = 32;
    const int MaxRowKeyLength = 128;
    const string ListPrefix = "t|";

    public static string Write(string tenant, string subscriptionId, AttemptFilter filter, string rowKey) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Scope(tenant, subscriptionId, filter) + rowKey));

    /// <returns>The key of the row after which the list goes on, or null when the cursor is not of this list.</returns>
    public static string? Read(string tenant, string subscriptionId, AttemptFilter filter, string cursor)
    {
        if (cursor.Length > 2 * (HashLength + MaxRowKeyLength) || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return text.StartsWith(Scope(tenant, subscriptionId, filter) + ListPrefix, StringComparison.Ordinal) && text.All(c => c is > ' ' and < '\u007f')
            ? text[HashLength..]
            : null;
    }

    static string Scope(string tenant, string subscriptionId, AttemptFilter filter) =>
        DeliveryId.Hash(tenant, subscriptionId, Text(filter.From), Text(filter.To), string.Join(',', filter.Outcomes));

    static string Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "";
}
