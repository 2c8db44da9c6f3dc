using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Atrium.Functions.Egress;

/// <summary>
/// A text without the escapes of JSON, HTML and URLs, and where each of its characters stands in the text as it came.
/// What ends a URL stays percent-encoded, since it is a part of one then. Pure.
/// </summary>
internal sealed partial class DecodedText
{
    // HTML in JSON in a query, twice. With more levels, people could not read it either.
    const int MaxDepth = 6;

    // The names of HTML 5 for ASCII punctuation in URLs. The framework knows only those of HTML 4.
    static readonly FrozenDictionary<string, string> Html5 = new Dictionary<string, string>
    {
        ["&sol;"] = "/",
        ["&colon;"] = ":",
        ["&quest;"] = "?",
        ["&equals;"] = "=",
        ["&num;"] = "#",
        ["&percnt;"] = "%",
        ["&period;"] = ".",
        ["&lowbar;"] = "_",
        ["&hyphen;"] = "-",
        ["&plus;"] = "+",
        ["&commat;"] = "@",
    }.ToFrozenDictionary();

    readonly string original;
    readonly int[] starts;

    DecodedText(string original, string text, int[] starts) =>
        (this.original, Text, this.starts) = (original, text, starts);

    /// <summary>The text without escapes.</summary>
    public string Text { get; }

    public static DecodedText Of(string text)
    {
        var decoded = new DecodedText(text, text, [.. Enumerable.Range(0, text.Length + 1)]);
        for (var depth = 0; depth < MaxDepth && Escape().IsMatch(decoded.Text); depth++)
        {
            decoded = decoded.Once();
        }

        return decoded;
    }

    /// <summary>The text as it came, with a mark in place of some parts.</summary>
    /// <param name="parts">Places in <see cref="Text"/>. Those that overlap or touch get one mark.</param>
    /// <param name="mark">The mark.</param>
    public string Without(IEnumerable<(int Start, int End)> parts, string mark)
    {
        // There can be a million, so none is kept: for each place, only how far the longest goes that begins there.
        var ends = Enumerable.Repeat(-1, original.Length + 1).ToArray();
        foreach (var part in parts)
        {
            ref var furthest = ref ends[starts[part.Start]];
            furthest = Math.Max(furthest, starts[part.End]);
        }

        var (kept, end) = (new StringBuilder(), 0);
        for (var start = 0; start < ends.Length; start++)
        {
            if (ends[start] < 0)
            {
                continue;
            }

            if (start > end || end == 0)
            {
                kept.Append(original, end, start - end).Append(mark);
            }

            end = Math.Max(end, ends[start]);
        }

        return kept.Append(original, end, original.Length - end).ToString();
    }

    DecodedText Once()
    {
        var (text, places, end) = (new StringBuilder(), new List<int>(), 0);
        foreach (Match escape in Escape().Matches(Text))
        {
            Keep(escape.Index);
            foreach (var (characters, offset) in Decoded(escape))
            {
                text.Append(characters);
                places.AddRange(Enumerable.Repeat(starts[escape.Index + offset], characters.Length));
            }

            end = escape.Index + escape.Length;
        }

        Keep(Text.Length);
        return new(original, text.ToString(), [.. places, original.Length]);

        void Keep(int until)
        {
            text.Append(Text, end, until - end);
            places.AddRange(starts[end..until]);
        }
    }

    static IEnumerable<(string Characters, int Offset)> Decoded(Match escape) => escape switch
    {
        _ when escape.Groups["percent"] is { Success: true } => Percent(escape.Value),
        _ when escape.Groups["code"] is { Success: true } code =>
            [($"{(char)ushort.Parse(code.ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)}", 0)],
        _ when escape.Groups["itself"] is { Success: true } itself => [(itself.Value, 0)],
        _ when escape.Groups["entity"] is { Success: true } =>
            [(Html5.GetValueOrDefault(escape.Value) ?? WebUtility.HtmlDecode(escape.Value), 0)],
        _ => [(" ", 0)],
    };

    static IEnumerable<(string Characters, int Offset)> Percent(string run)
    {
        var bytes = Convert.FromHexString(run.Replace("%", "", StringComparison.Ordinal));
        for (int at = 0, length; at < bytes.Length; at += length)
        {
            Rune.DecodeFromUtf8(bytes.AsSpan(at), out var rune, out length);
            yield return (rune.ToString(), 3 * at);
        }
    }

    // Several backslashes: JSON as a text in JSON; no run of them is looked at twice.
    [GeneratedRegex(
        """
        (?<percent>(?:%(?![01][0-9a-f]|20|22|3c|3e|7f)[0-9a-f]{2})+)
        | (?<!\\)(?>\\+)(?:u(?<code>[0-9a-f]{4})|x(?<code>[0-9a-f]{2})|(?<itself>["'/])|[bfnrt])
        | (?<entity>&(?:\#x[0-9a-f]{1,8}|\#[0-9]{1,8}|[a-z][a-z0-9]{1,15});)
        """, RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
