using System.Globalization;
using System.Net.Http.Headers;

namespace Atrium.Functions.Egress;

/// <summary>What is kept of an answer's headers.</summary>
internal static class ResponseHeaders
{
    /// <summary>
    /// In KiB, for all headers together. If there are more, the status and the headers up to here count.
    /// </summary>
    public const int MaxKibibytes = 16;

    /// <summary>As many as are kept, in the order they came.</summary>
    public const int MaxKept = 50;

    /// <summary>In characters: what is kept of one value.</summary>
    public const int MaxValueLength = 1024;

    public static IReadOnlyList<KeyValuePair<string, string>> Kept(HttpResponseMessage response) =>
    [
        .. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .SelectMany(
                header => header.Value.Select(value => KeyValuePair.Create(header.Key, Cut(value, MaxValueLength))))
            .Take(MaxKept),
    ];

    /// <summary>The first value of a header, as it came, or null.</summary>
    public static string? First(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>How the body is encoded, as it came; empty when nothing is said of it.</summary>
    public static string Coding(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var codings)
            ? codings.ToString()
            : "";

    /// <summary>
    /// Where a redirect points, made absolute, or null. Too long a target is left out, since half of one is of no use.
    /// </summary>
    public static Uri? Location(HttpResponseMessage response, Uri requested) =>
        First(response, "Location") is { Length: > 0 and <= EndpointUrl.MaxLength } target
            && Uri.TryCreate(requested, target, out var absolute)
        && absolute.AbsoluteUri.Length <= EndpointUrl.MaxLength
            ? absolute
            : null;

    static string Cut(string value, int length) => value.Length <= length ? value : value[..length];
}

/// <summary>The header <c>Retry-After</c>, as a wait.</summary>
internal static class RetryAfter
{
    // No schedule here waits longer than minutes; the bound only keeps absurd values from overflowing what is computed
    // with them.
    static readonly TimeSpan Max = TimeSpan.FromDays(1);

    /// <summary>The wait asked for, 0 to 1 day, or null when the value is neither seconds nor an HTTP date.</summary>
    /// <param name="value">The header's value.</param>
    /// <param name="now">What a date is relative to.</param>
    public static TimeSpan? Parse(string? value, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return null;
        }

        var trimmed = value.Trim();
        if (trimmed.All(char.IsAsciiDigit))
        {
            return int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? Bound(TimeSpan.FromSeconds(seconds))
                : Max;
        }

        return RetryConditionHeaderValue.TryParse(trimmed, out var parsed) && parsed.Date is { } date
            ? Bound(date - now)
            : null;
    }

    static TimeSpan Bound(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Max ? Max : wait;
}
