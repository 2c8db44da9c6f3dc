using System.Globalization;
using System.Net.Http.Headers;

namespace Atrium.Functions.Egress;

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
