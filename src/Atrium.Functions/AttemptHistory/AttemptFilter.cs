using System.Globalization;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.AttemptHistory;

/// <summary>Which attempts are wanted, and how many at a time.</summary>
/// <param name="From">The earliest start of an attempt, inclusive.</param>
/// <param name="To">The latest start of an attempt, exclusive.</param>
/// <param name="Outcomes">Those wanted; all when empty.</param>
/// <param name="Limit">1 to <see cref="PageQuery.MaxLimit"/>.</param>
internal sealed record AttemptFilter(
    DateTimeOffset? From, DateTimeOffset? To, IReadOnlyList<AttemptOutcome> Outcomes, int Limit)
{
    /// <summary>What to say of a text in a query that is no <see cref="Timestamp"/>.</summary>
    public const string TimeRule = Timestamp.Rule + " In a query a plus sign is written %2B.";

    static readonly string OutcomeRule =
        $"The outcomes are {string.Join(", ", Enum.GetNames<AttemptOutcome>())}; give one or more, separated by "
        + "commas.";

    /// <summary>All attempts.</summary>
    public static readonly AttemptFilter None = new(null, null, [], PageQuery.DefaultLimit);

    /// <summary>Whether an attempt is wanted, as far as its outcome tells.</summary>
    public bool Takes(AttemptRecord record) => Outcomes.Count == 0 || Outcomes.Contains(record.Outcome);

    /// <summary>Reads <c>from</c>, <c>to</c> and <c>outcome</c>.</summary>
    /// <returns>The filter, and all that is wrong with it.</returns>
    public static (AttemptFilter Filter, IReadOnlyList<FieldError> Errors) Read(IQueryCollection query, int limit)
    {
        var (filter, errors) = (None with { Limit = limit }, new List<FieldError>());
        foreach (var (name, values) in query)
        {
            var value = values.ToString();
            var read = name switch
            {
                "from" => Timestamp.Read(value) is { } time ? filter with { From = time } : null,
                "to" => Timestamp.Read(value) is { } time ? filter with { To = time } : null,
                "outcome" => OutcomesOf(value) is { } outcomes ? filter with { Outcomes = outcomes } : null,
                _ => filter,
            };
            if (read is null)
            {
                errors.Add(new FieldError(name, name == "outcome" ? OutcomeRule : TimeRule));
            }

            filter = read ?? filter;
        }

        return (filter, errors);
    }

    static List<AttemptOutcome>? OutcomesOf(string value)
    {
        var names = value.Split(',');
        return names.All(Enum.GetNames<AttemptOutcome>().Contains)
            ? [.. names.Select(Enum.Parse<AttemptOutcome>).Distinct().Order()]
            : null;
    }
}

/// <summary>Where a list of attempts goes on: after the row with this key.</summary>
internal static class AttemptCursor
{
    const string ListPrefix = "t|";

    public static string Write(string tenant, string subscriptionId, AttemptFilter filter, string rowKey) =>
        Cursor.Write(rowKey, Scope(tenant, subscriptionId, filter));

    /// <returns>
    /// The key of the row after which the list goes on, null from the newest; and all that is wrong with the page.
    /// </returns>
    public static (string? After, IReadOnlyList<FieldError> Errors) Read(
        string tenant, string subscriptionId, AttemptFilter filter, PageQuery page) =>
        page.Start(
            position => position.StartsWith(ListPrefix, StringComparison.Ordinal),
            Scope(tenant, subscriptionId, filter));

    static string[] Scope(string tenant, string subscriptionId, AttemptFilter filter) =>
        ["attempts", tenant, subscriptionId, Text(filter.From), Text(filter.To), string.Join(',', filter.Outcomes)];

    static string Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "";
}
