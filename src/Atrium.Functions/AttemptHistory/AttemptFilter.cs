using System.Globalization;
using Atrium.Functions.Deliveries;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.AttemptHistory;

/// <summary>Which attempts are wanted, and how many at a time.</summary>
/// <param name="From">The earliest start of an attempt, inclusive.</param>
/// <param name="To">The latest start of an attempt, exclusive.</param>
/// <param name="Outcomes">Those wanted; all when empty.</param>
/// <param name="Limit">1 to <see cref="MaxLimit"/>.</param>
internal sealed record AttemptFilter(DateTimeOffset? From, DateTimeOffset? To, IReadOnlyList<AttemptOutcome> Outcomes, int Limit)
{
    /// <summary>The most attempts on one page: with excerpts and explanations of full length that is half a megabyte.</summary>
    public const int MaxLimit = 100;

    /// <summary>How many attempts a page has when the request does not say.</summary>
    public const int DefaultLimit = 50;

    // RFC 3339: a time without a zone is a guess.
    static readonly string[] TimeFormats =
        ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    /// <summary>All attempts.</summary>
    public static readonly AttemptFilter None = new(null, null, [], DefaultLimit);

    /// <summary>Whether an attempt is wanted, as far as its outcome tells.</summary>
    public bool Takes(AttemptRecord record) => Outcomes.Count == 0 || Outcomes.Contains(record.Outcome);

    /// <summary>Reads <c>from</c>, <c>to</c>, <c>outcome</c> and <c>limit</c>.</summary>
    /// <returns>The filter, or a sentence that says what to change.</returns>
    public static (AttemptFilter? Filter, string? Fault) Parse(IQueryCollection query)
    {
        var filter = None;
        foreach (var (name, values) in query)
        {
            var value = values.ToString();
            var read = name switch
            {
                "from" => Time(value) is { } time ? filter with { From = time } : null,
                "to" => Time(value) is { } time ? filter with { To = time } : null,
                "outcome" => OutcomesOf(value) is { } outcomes ? filter with { Outcomes = outcomes } : null,
                "limit" => LimitOf(value) is { } limit ? filter with { Limit = limit } : null,
                _ => filter,
            };
            if (read is null)
            {
                return (null, FaultOf(name));
            }

            filter = read;
        }

        return (filter, null);
    }

    static string FaultOf(string name) => name switch
    {
        "outcome" => $"The query parameter 'outcome' takes one or more of {string.Join(", ", Enum.GetNames<AttemptOutcome>())}, separated by commas.",
        "limit" => $"The query parameter 'limit' takes a number from 1 to {MaxLimit}.",
        _ => $"The query parameter '{name}' takes a time with a zone, such as 2026-04-15T09:30:00Z; a plus sign in it is written %2B.",
    };

    /// <summary>A time with a zone, such as <c>2026-04-15T09:30:00Z</c>; null when it is not one.</summary>
    public static DateTimeOffset? Time(string value) =>
        DateTimeOffset.TryParseExact(value, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;

    static List<AttemptOutcome>? OutcomesOf(string value)
    {
        var names = value.Split(',');
        return names.All(Enum.GetNames<AttemptOutcome>().Contains) ? [.. names.Select(Enum.Parse<AttemptOutcome>).Distinct().Order()] : null;
    }

    static int? LimitOf(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit : null;
}
