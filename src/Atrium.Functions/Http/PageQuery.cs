using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Http;

/// <summary>The query parameters of every list: how many items, and where the list goes on.</summary>
internal sealed class PageQuery
{
    /// <summary>
    /// The most items of a page. A page of the largest items, attempts with full excerpts and explanations, has half a
    /// megabyte.
    /// </summary>
    public const int MaxLimit = 100;

    /// <summary>How many things a page has when the request does not say.</summary>
    public const int DefaultLimit = 50;

    const string LimitName = "limit";
    const string CursorName = "cursor";

    readonly string? _cursor;

    PageQuery(int limit, string? cursor, IReadOnlyList<FieldError> errors) =>
        (Limit, _cursor, Errors) = (limit, cursor, errors);

    /// <summary>How many things the page may have, 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; }

    /// <summary>What is wrong with the limit.</summary>
    public IReadOnlyList<FieldError> Errors { get; }

    /// <param name="query">The list's query.</param>
    public static PageQuery Of(IQueryCollection query)
    {
        var limit = query[LimitName].FirstOrDefault() is { } text ? Number(text) : DefaultLimit;
        return new PageQuery(
            limit ?? DefaultLimit,
            query[CursorName].FirstOrDefault(),
            limit is null
                ? [new FieldError(LimitName, FieldErrorCode.OutOfRange, $"A page has 1 to {MaxLimit} items.")]
                : []);
    }

    /// <summary>Reads where the list goes on.</summary>
    /// <param name="isPosition">Whether a text can be a position in this list.</param>
    /// <param name="scope">What the list is of, as its cursors were written.</param>
    /// <returns>The position after which it goes on, null from the beginning; and the errors of the page.</returns>
    public (string? After, IReadOnlyList<FieldError> Errors) Start(
        Func<string, bool> isPosition, params ReadOnlySpan<string> scope) =>
        _cursor is null ? (null, Errors)
        : Cursor.Read(_cursor, scope) is { } after && isPosition(after) ? (after, Errors)
        : (null, [.. Errors, new FieldError(CursorName, FieldErrorCode.InvalidCursor, Cursor.Fault)]);

    static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= MaxLimit ? number : null;
}

/// <summary>A page of a list.</summary>
/// <param name="Items">In the list's order. With a filter, a page can have fewer items than asked for, or none, and
/// still not be the last.</param>
/// <param name="NextCursor">What to send as <c>cursor</c> for the next page; null on the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
