using System.Globalization;
using Atrium.Functions.Http;

namespace Atrium.Functions.AttemptHistory;

/// <summary>Where a list of attempts goes on: after the row with this key.</summary>
internal static class AttemptCursor
{
    const string ListPrefix = "t|";

    public static string Write(string tenant, string subscriptionId, AttemptFilter filter, string rowKey) =>
        Cursor.Write(rowKey, Scope(tenant, subscriptionId, filter));

    /// <returns>The key of the row after which the list goes on, null from the newest; and all that is wrong with the page.</returns>
    public static (string? After, IReadOnlyList<FieldError> Errors) Read(string tenant, string subscriptionId, AttemptFilter filter, PageQuery page) =>
        page.Start(position => position.StartsWith(ListPrefix, StringComparison.Ordinal), Scope(tenant, subscriptionId, filter));

    static string[] Scope(string tenant, string subscriptionId, AttemptFilter filter) =>
        ["attempts", tenant, subscriptionId, Text(filter.From), Text(filter.To), string.Join(',', filter.Outcomes)];

    static string Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "";
}
