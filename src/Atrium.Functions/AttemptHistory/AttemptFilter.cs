using System.Globalization;
using Atrium.Functions.Contract;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.AttemptHistory;

/// <summary>
/// Selects attempts: those that match all properties that are not null. Also says how many make a page.
/// </summary>
/// <param name="Limit">1 to <see cref="PageQuery.MaxLimit"/>.</param>
internal sealed record AttemptFilter(int Limit)
{
    /// <summary>The error for a text in a query that is not a <see cref="Timestamp"/>.</summary>
    public const string TimeRule = Timestamp.Rule + " In a query a plus sign is written %2B.";

    /// <summary>The error for a text that is not a <see cref="Status"/>.</summary>
    public const string StatusRule = "A status is a number from 100 to 999.";

    const int FirstStatus = 100;
    const int LastStatus = 999;

    static readonly string OutcomeRule =
        $"The outcomes are {string.Join(", ", Enum.GetNames<AttemptOutcome>())}; give one or more, separated by "
        + "commas.";

    const string WaitingRule = "This is true or false.";

    /// <summary>What to say of a text that is no class of errors.</summary>
    public static readonly string ErrorClassRule =
        $"The error classes are {string.Join(", ", ErrorClassNames.All)}.";

    /// <summary>The earliest start of an attempt, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The latest start of an attempt, exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Those wanted; all when empty.</summary>
    public IReadOnlyList<AttemptOutcome> Outcomes { get; init; } = [];

    /// <summary>The event's name.</summary>
    public string? Event { get; init; }

    /// <summary>A name of <see cref="Egress.ErrorClass"/>.</summary>
    public string? ErrorClass { get; init; }

    /// <summary>What the receiver answered.</summary>
    public int? Status { get; init; }

    /// <summary>The attempts of one delivery.</summary>
    public string? DeliveryId { get; init; }

    /// <summary>
    /// Whether only deliveries are wanted that wait for their next attempt: of each the newest attempt of all, which is
    /// the one that has to match, by its time too.
    /// </summary>
    public bool IsWaiting { get; init; }

    /// <summary>Whether rows are left out that lie within the times.</summary>
    public bool IsNarrow =>
        IsWaiting || Outcomes.Count > 0 || Status is not null || (Event ?? ErrorClass ?? DeliveryId) is not null;

    /// <summary>
    /// Whether an attempt is wanted that lies within the times, and is the newest of its delivery if that matters.
    /// </summary>
    public bool Takes(AttemptRecord record) =>
        (!IsWaiting || record.NextAttemptAt is not null)
        && (Outcomes.Count == 0 || Outcomes.Contains(record.Outcome))
        && (Event is null || record.EventType == Event)
        && (ErrorClass is null || record.ErrorClass == ErrorClass)
        && (Status is null || record.Status == Status)
        && (DeliveryId is null || record.DeliveryId == DeliveryId);

    /// <summary>Reads all parameters but those of the page.</summary>
    /// <returns>The filter, and its errors.</returns>
    public static (AttemptFilter Filter, IReadOnlyList<FieldError> Errors) Read(IQueryCollection query, int limit)
    {
        var (filter, errors) = (new AttemptFilter(limit), new List<FieldError>());
        foreach (var (name, values) in query)
        {
            var value = values.ToString();
            var (read, rule) = name switch
            {
                "from" => (Timestamp.Read(value) is { } time ? filter with { From = time } : null, TimeRule),
                "to" => (Timestamp.Read(value) is { } time ? filter with { To = time } : null, TimeRule),
                "outcome" =>
                    (OutcomesOf(value) is { } outcomes ? filter with { Outcomes = outcomes } : null, OutcomeRule),
                "event" => (
                    EventSelection.Delivered.Contains(value) ? filter with { Event = value } : null,
                    EventSelection.DeliveredRule),
                "errorClass" => (
                    IsErrorClass(value) ? filter with { ErrorClass = value } : null, ErrorClassRule),
                "status" => (StatusOf(value) is { } status ? filter with { Status = status } : null, StatusRule),
                "deliveryId" => (
                    Deliveries.DeliveryId.IsValid(value) ? filter with { DeliveryId = value } : null,
                    Deliveries.DeliveryId.Rule),
                "waiting" => (
                    value is "true" or "false" ? filter with { IsWaiting = value == "true" } : null, WaitingRule),
                _ => (filter, ""),
            };
            if (read is null)
            {
                errors.Add(new FieldError(name, CodeOf(name), rule));
            }

            filter = read ?? filter;
        }

        return (filter, errors);
    }

    static FieldErrorCode CodeOf(string name) => name switch
    {
        "outcome" or "event" or "errorClass" => FieldErrorCode.UnknownValue,
        "status" => FieldErrorCode.OutOfRange,
        _ => FieldErrorCode.InvalidFormat,
    };

    /// <returns>Null when the text is not an HTTP status (RFC 9110, 15).</returns>
    public static int? StatusOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && IsStatus(status)
            ? status
            : null;

    /// <summary>Whether a text is a name of <see cref="Egress.ErrorClass"/>.</summary>
    public static bool IsErrorClass(string text) => ErrorClassNames.All.Contains(text);

    /// <summary>
    /// Whether a number is a status of HTTP. Receivers also answer with some that it does not define (RFC 9110, 15).
    /// </summary>
    public static bool IsStatus(int number) => number is >= FirstStatus and <= LastStatus;

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
    public static string Write(string tenant, string subscriptionId, AttemptFilter filter, string rowKey) =>
        Cursor.Write(rowKey, Scope(tenant, subscriptionId, filter));

    /// <returns>
    /// The key of the row after which the list goes on, null from the newest; and the errors of the page.
    /// </returns>
    public static (string? After, IReadOnlyList<FieldError> Errors) Read(
        string tenant, string subscriptionId, AttemptFilter filter, PageQuery page) =>
        page.Start(AttemptTable.IsListRow, Scope(tenant, subscriptionId, filter));

    static string[] Scope(string tenant, string subscriptionId, AttemptFilter filter) =>
        [
            "attempts", tenant, subscriptionId, Text(filter.From), Text(filter.To), string.Join(',', filter.Outcomes),
            .. Parts(filter),
        ];

    // Only parts that are in use, so that existing cursors stay valid when a new filter is added.
    static IEnumerable<string> Parts(AttemptFilter filter) =>
        from part in new (string Name, object? Value)[]
        {
            ("event", filter.Event), ("errorClass", filter.ErrorClass), ("status", filter.Status),
            ("deliveryId", filter.DeliveryId), ("waiting", filter.IsWaiting ? "true" : null),
        }
        where part.Value is not null
        select $"{part.Name}={part.Value}";

    static string Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "";
}
